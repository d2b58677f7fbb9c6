"""At the best constants the error grows before it falls: κ = 100."""

import torch

from dlnotes.momentum import heavy_ball, nesterov, optimal_heavy_ball, optimal_nesterov

curvatures = torch.tensor([1.0, 100.0], dtype=torch.float64)
start = torch.ones(2, dtype=torch.float64)
for name, method, tuning in (
    ("heavy ball", heavy_ball, optimal_heavy_ball(1, 100)),
    ("Nesterov", nesterov, optimal_nesterov(1, 100)),
):
    points = method(lambda w: 0.5 * (curvatures * w**2).sum(), start, tuning.lr, tuning.momentum, 60)
    stiff = points[:, 1].abs()
    print(f"{name}: stiff error at most {stiff.max():.2f}, after {stiff.argmax().item()} steps")
#> heavy ball: stiff error at most 3.71, after 4 steps
#> Nesterov: stiff error at most 1.00, after 0 steps
rate = optimal_heavy_ball(1, 100).rate
t = torch.arange(20, dtype=torch.float64)
print(f"formula: {(rate**t * (1 + t * (1 + rate))).max():.2f}")
#> formula: 3.71
