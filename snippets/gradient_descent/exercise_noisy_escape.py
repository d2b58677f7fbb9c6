"""Exactly at a saddle, noise starts the escape: mean number of steps until |y|
= 1."""

import math

import torch

from dlnotes import check


def predicted(lr, curvature, sigma):
    a = 1 + lr * curvature
    spread = lr * sigma / (a**2 - 1) ** 0.5
    return (0.635 - math.log(spread)) / math.log(a)  # 0.635 = -E log|ξ|


generator = torch.Generator().manual_seed(0)
lr, curvature, runs = 0.05, 2.0, 4000
for sigma in (1e-2, 1e-4, 1e-6):
    y = torch.zeros(runs, dtype=torch.float64)
    steps = torch.zeros(runs)
    while (inside := y.abs() < 1).any():
        noise = torch.randn(runs, generator=generator, dtype=torch.float64)
        y = torch.where(inside, (1 + lr * curvature) * y + lr * sigma * noise, y)
        steps += inside
    print(f"σ = {sigma:g}: {steps.mean():.0f} steps, predicted {predicted(lr, curvature, sigma):.0f}")
#> σ = 0.01: 78 steps, predicted 78
#> σ = 0.0001: 127 steps, predicted 127
#> σ = 1e-06: 176 steps, predicted 175
check("gradient_descent.4", predicted)
#> gradient_descent.4: right. It agrees with the reference on all 20 inputs.
