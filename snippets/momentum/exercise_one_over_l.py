"""Nesterov with η = 1/L: the momentum that is best for the flattest direction
is best for all, and a search finds the same."""

import math

import torch

from dlnotes import check
from dlnotes.momentum import nesterov_radius, optimal_nesterov

for kappa in (10, 100, 1000):
    h = torch.linspace(1 / kappa, 1, 500, dtype=torch.float64)
    grid = torch.linspace(0, 1, 2001, dtype=torch.float64).unsqueeze(1)
    rates = nesterov_radius(h, grid).amax(1)
    found = grid[rates.argmin()].item()
    root = math.sqrt(kappa)
    print(f"κ = {kappa}: β = {found:.3f}, formula {(root - 1) / (root + 1):.3f}")
    print(f"  ρ = {rates.min():.4f}, formula {1 - 1 / root:.4f}, with the best η {optimal_nesterov(1, kappa).rate:.4f}")
#> κ = 10: β = 0.519, formula 0.519
#>   ρ = 0.6838, formula 0.6838, with the best η 0.6408
#> κ = 100: β = 0.819, formula 0.818
#>   ρ = 0.9002, formula 0.9000, with the best η 0.8847
#> κ = 1000: β = 0.939, formula 0.939
#>   ρ = 0.9685, formula 0.9684, with the best η 0.9635


def best(kappa, a):
    """For η = a / L: the flattest direction has h = a / κ."""
    s = math.sqrt(a / kappa)
    return (1 - s) / (1 + s), 1 - s


check("momentum.4", best)
#> momentum.4: right. It agrees with the reference on all 21 inputs.
