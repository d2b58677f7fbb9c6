"""Targets raised by 100: with a free bias all predictions rise by 100, with a
penalised one they don't."""

import torch

from dlnotes.regularization import ridge

generator = torch.Generator().manual_seed(0)
x = torch.randn(20, generator=generator, dtype=torch.float64)
y = 3 * x + torch.randn(20, generator=generator, dtype=torch.float64)
with_ones = torch.stack([torch.ones_like(x), x], dim=1)
free, penalised = [], []
for shift in (0.0, 100.0):
    target = y + shift
    slope = ridge((x - x.mean())[:, None], target - target.mean(), 5.0)
    free.append(target.mean() + slope * (x - x.mean()))
    penalised.append(with_ones @ ridge(with_ones, target, 5.0))
for name, (before, after) in (("free", free), ("penalised", penalised)):
    change = after - before
    print(f"{name:9s} bias: predictions rise by {change.min():.2f} to {change.max():.2f}")
#> free      bias: predictions rise by 100.00 to 100.00
#> penalised bias: predictions rise by 77.78 to 83.21
