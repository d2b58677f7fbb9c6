import torch

from dlnotes.diffusion import inpaint, noise_levels

covariance = torch.tensor([[1.0, 0.9], [0.9, 1.0]], dtype=torch.float64)


def denoiser(x, sigma):  # exact for Gaussian data with this covariance
    return x @ torch.linalg.solve(covariance + sigma**2 * torch.eye(2), covariance)


known = torch.tensor([1.5, 0.0], dtype=torch.float64).expand(5000, 2)
mask = torch.tensor([1.0, 0.0], dtype=torch.float64)  # the first coordinate is known
print(f"true conditional: mean {0.9 * 1.5:.2f}, std {(1 - 0.9**2) ** 0.5:.2f}")
#> true conditional: mean 1.35, std 0.44
for repeats in (1, 3, 10):
    x = inpaint(denoiser, known, mask, noise_levels(20.0, 0.01, 50), repeats, torch.Generator().manual_seed(0))
    print(f"each step taken {repeats} times: mean {x[:, 1].mean():.2f}, std {x[:, 1].std():.2f}")
#> each step taken 1 times: mean 0.91, std 0.53
#> each step taken 3 times: mean 1.20, std 0.44
#> each step taken 10 times: mean 1.32, std 0.41
