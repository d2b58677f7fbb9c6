"""Two step sizes in turn: the best pair, and what it gains over the best
constant one."""

import math

import torch

kappa = 20.0
eigenvalues = torch.linspace(1, kappa, 101, dtype=torch.float64)
middle, half = (kappa + 1) / 2, (kappa - 1) / 2
# roots of the Chebyshev polynomial of degree 2
roots = [middle + sign * half / math.sqrt(2) for sign in (1, -1)]
pair = math.prod(1 - eigenvalues / root for root in roots).abs().max().sqrt().item()
constant = (1 - eigenvalues / middle).abs().max().item()
print(f"factor a step: constant {constant:.4f}, pair {pair:.4f}")
#> factor a step: constant 0.9048, pair 0.8324

grid = torch.linspace(0.02, 0.5, 200, dtype=torch.float64)
ends = (1 - grid[:, None, None] * eigenvalues) * (1 - grid[None, :, None] * eigenvalues)
print(f"best pair on a grid {ends.abs().amax(-1).min().sqrt().item():.4f}")
#> best pair on a grid 0.8378
steps = [round(math.log(1e-6) / math.log(factor)) for factor in (constant, pair)]
print(f"steps to 1e-6: {steps[0]} and {steps[1]}")
#> steps to 1e-6: 138 and 75
