"""Least squares with p parameters from n samples: how far the training error lies
below the noise, and the error at the same points above. 20,000 draws of noise."""

import torch

from dlnotes.regularization import ridge

generator = torch.Generator().manual_seed(0)
n, p, sigma = 30, 6, 2.0
X = torch.randn(n, p, generator=generator, dtype=torch.float64)
mean = X @ torch.randn(p, generator=generator, dtype=torch.float64)
noise, new = sigma * torch.randn(2, n, 20_000, generator=generator, dtype=torch.float64)
fitted = X @ ridge(X, mean[:, None] + noise, 0.0)
train = (fitted - mean[:, None] - noise).square().mean()
test = (fitted - mean[:, None] - new).square().mean()
print(f"train {train:.3f}, formula {sigma**2 * (1 - p / n):.3f}")
#> train 3.195, formula 3.200
print(f"test  {test:.3f}, formula {sigma**2 * (1 + p / n):.3f}")
#> test  4.802, formula 4.800
