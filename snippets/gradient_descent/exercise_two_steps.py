"""Two step sizes in turn: the best pair, and what it gains over the best
constant one."""

import math

import torch

from dlnotes import check


def best_pair(kappa):
    """Step sizes from the roots of the Chebyshev polynomial of degree 2, and its size on [1, κ]."""
    middle, half = (kappa + 1) / 2, (kappa - 1) / 2
    roots = [middle + half / math.sqrt(2), middle - half / math.sqrt(2)]
    return 1 / roots[0], 1 / roots[1], 1 / (2 * (middle / half) ** 2 - 1)


kappa = 20.0
eigenvalues = torch.linspace(1, kappa, 101, dtype=torch.float64)
first, second, _ = best_pair(kappa)
pair = ((1 - first * eigenvalues) * (1 - second * eigenvalues)).abs().max().sqrt().item()
constant = (1 - 2 / (kappa + 1) * eigenvalues).abs().max().item()
print(f"factor a step: constant {constant:.4f}, pair {pair:.4f}")
#> factor a step: constant 0.9048, pair 0.8324

grid = torch.linspace(0.02, 0.5, 200, dtype=torch.float64)
ends = (1 - grid[:, None, None] * eigenvalues) * (1 - grid[None, :, None] * eigenvalues)
print(f"best pair on a grid {ends.abs().amax(-1).min().sqrt().item():.4f}")
#> best pair on a grid 0.8378
steps = [round(math.log(1e-6) / math.log(factor)) for factor in (constant, pair)]
print(f"steps to 1e-6: {steps[0]} and {steps[1]}")
#> steps to 1e-6: 138 and 75
check("gradient_descent.7", best_pair)
#> gradient_descent.7: right. It agrees with the reference on all 20 inputs.
