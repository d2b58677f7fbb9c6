import torch

from dlnotes.diffusion import mixture_score

data, sigma, n = torch.tensor([[-1.0], [2.0]], dtype=torch.float64), 0.8, 400_000
generator = torch.Generator().manual_seed(0)
x0 = data[torch.randint(2, (n,), generator=generator)]
x = x0 + sigma * torch.randn(n, 1, generator=generator, dtype=torch.float64)
contribution = (x0 - x) / sigma**2  # of the one point that x was made from


def bumps(x):
    return torch.exp(-((x - torch.linspace(-4, 5, 20, dtype=torch.float64)) ** 2) / 0.5)


weight = torch.linalg.lstsq(bumps(x), contribution).solution
at = torch.tensor([[-1.0], [0.3], [1.0], [2.5]], dtype=torch.float64)
print("regression on single contributions:", [round(v, 2) for v in (bumps(at) @ weight)[:, 0].tolist()])
#> regression on single contributions: [0.0, -0.67, 1.16, -0.78]
print("exact score of the mixture:        ", [round(v, 2) for v in mixture_score(at, data, sigma)[:, 0].tolist()])
#> exact score of the mixture:         [0.0, -0.71, 1.15, -0.78]
near = (x - 0.3).abs() < 0.05
print("single contributions near 0.3 spread by", round(contribution[near].std().item(), 2))
#> single contributions near 0.3 spread by 2.13
