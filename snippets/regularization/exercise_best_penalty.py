"""The best λ by the formula and by a search, and the number of steps that is as
good."""

import math

import torch

from dlnotes import check


def best(w, sigma, lr):
    signal = w.square().sum().item()
    penalty = len(w) * sigma**2 / signal
    return penalty, penalty / (1 + penalty) * signal, math.log((1 + penalty) / penalty) / -math.log(1 - lr)


generator = torch.Generator().manual_seed(0)
d, sigma, lr = 6, 0.8, 0.01
w = torch.randn(d, generator=generator, dtype=torch.float64)
penalty, least, steps = best(w, sigma, lr)
grid = torch.linspace(0, 10, 100_001, dtype=torch.float64)
risk = (grid**2 * w.square().sum() + d * sigma**2) / (1 + grid) ** 2
print(f"formula {penalty:.3f}, search {grid[risk.argmin()]:.3f}")
#> formula 0.360, search 0.360
print(f"least risk {least:.4f}, search {risk.min():.4f}")
#> least risk 2.8233, search 2.8233
found = 1 - (1 - lr) ** round(steps)
print(f"{round(steps)} steps find {found:.3f}, ridge {1 / (1 + penalty):.3f}")
#> 132 steps find 0.735, ridge 0.735
check("regularization.5", best)
#> regularization.5: right. It agrees with the reference on all 20 inputs.
