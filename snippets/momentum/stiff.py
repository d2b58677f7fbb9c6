"""A flat and a stiff coordinate, κ = 1000, both started at 1: the largest
distance in steps 90 to 100."""

import torch

from dlnotes.gradient_descent import gradient_descent
from dlnotes.momentum import heavy_ball

curvatures = torch.tensor([0.001, 1.0], dtype=torch.float64)


def f(w):
    return 0.5 * (curvatures * w**2).sum()


start = torch.ones(2, dtype=torch.float64)
for lr, momentum in ((1.9, 0.0), (1.9, 0.9), (3.7, 0.9), (19.0, 0.0)):
    points = heavy_ball(f, start, lr, momentum, 100) if momentum else gradient_descent(f, start, lr, 100)
    flat, stiff = points[90:].abs().amax(0)
    print(f"η λ_max = {lr}, β = {momentum}: flat {flat:.2g}, stiff {stiff:.2g}")
#> η λ_max = 1.9, β = 0.0: flat 0.84, stiff 7.6e-05
#> η λ_max = 1.9, β = 0.9: flat 0.15, stiff 0.0087
#> η λ_max = 3.7, β = 0.9: flat 0.0072, stiff 0.048
#> η λ_max = 19.0, β = 0.0: flat 0.18, stiff 3.4e+125
