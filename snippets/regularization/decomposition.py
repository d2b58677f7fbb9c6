"""Squared bias, variance and noise of polynomials, from 4000 training sets of 12
points: they add up to the error on new data."""

import torch

from dlnotes.regularization import bias_variance, polynomial_features, ridge

generator = torch.Generator().manual_seed(0)
x = torch.linspace(-1, 1, 12, dtype=torch.float64)
new = torch.linspace(-1, 1, 50, dtype=torch.float64)
truth, sigma = torch.sin(3 * new), 0.2
noise = sigma * torch.randn(12, 4000, generator=generator, dtype=torch.float64)
targets = torch.sin(3 * x).unsqueeze(1) + noise
observed = truth + sigma * torch.randn(4000, 50, generator=generator, dtype=torch.float64)
for degree in (1, 3, 9):
    w = ridge(polynomial_features(x, degree), targets, 0.0)
    predictions = (polynomial_features(new, degree) @ w).T
    bias, variance = bias_variance(predictions, truth)
    error = (predictions - observed).square().mean()
    print(f"degree {degree}: {bias:.4f} + {variance:.4f} + {sigma**2:.4f} = "
          f"{bias + variance + sigma**2:.4f}, measured {error:.4f}")  # fmt: skip
#> degree 1: 0.1870 + 0.0064 + 0.0400 = 0.2334, measured 0.2335
#> degree 3: 0.0042 + 0.0117 + 0.0400 = 0.0560, measured 0.0560
#> degree 9: 0.0000 + 0.0528 + 0.0400 = 0.0928, measured 0.0927
