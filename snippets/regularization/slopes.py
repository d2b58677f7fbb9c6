"""Largest slope of polynomials of degree 12 through 15 noisy points, and its bound
by the norm of the weights, for growing λ."""

import torch

from dlnotes.regularization import polynomial_features, ridge

generator = torch.Generator().manual_seed(0)
x = torch.linspace(-1, 1, 15, dtype=torch.float64)
y = torch.sin(3 * x) + 0.3 * torch.randn(15, generator=generator, dtype=torch.float64)
features, grid = polynomial_features(x, 12), torch.linspace(-1, 1, 2001, dtype=torch.float64)
powers = torch.arange(1, 13, dtype=torch.float64)
for penalty in (0.0, 1e-3, 1e-1):
    w = ridge(features, y, penalty)
    slope = (polynomial_features(grid, 11) * powers) @ w[1:]
    bound = powers.norm() * w[1:].norm()
    print(f"λ = {penalty:5.3f}: norm {w.norm():9.2f}, largest slope {slope.abs().max():7.2f} <= {bound:.2f}")
#> λ = 0.000: norm   1504.22, largest slope  164.00 <= 38350.14
#> λ = 0.001: norm      5.90, largest slope   17.50 <= 150.38
#> λ = 0.100: norm      2.29, largest slope   13.76 <= 58.23
