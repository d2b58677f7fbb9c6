import torch

from dlnotes import check

generator = torch.Generator().manual_seed(0)
variances, sigma = torch.tensor([4.0, 1.0, 0.1]), 1.0
x = torch.randn(1_000_000, 3, generator=generator) * variances.sqrt()
noisy = x + sigma * torch.randn(x.shape, generator=generator)

regression = torch.linalg.lstsq(noisy, x).solution  # best linear denoiser
print("learned factors", [round(value, 2) for value in regression.diagonal().tolist()])
#> learned factors [0.8, 0.5, 0.09]
factors = variances / (variances + sigma**2)
print("formula        ", [round(value, 2) for value in factors.tolist()])
#> formula         [0.8, 0.5, 0.09]
print(f"error {(noisy @ regression - x).square().sum(1).mean():.2f}, formula {(sigma**2 * factors).sum():.2f}")
#> error 1.39, formula 1.39
check("autoencoder.4", lambda variances, sigma: (variances * sigma**2 / (variances + sigma**2)).sum())
#> autoencoder.4: right. It agrees with the reference on all 20 inputs.
