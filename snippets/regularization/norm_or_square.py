"""Minimisers of ½‖w - a‖² plus three penalties, found by a search that knows no
formula, and by the formulas."""

import torch

from dlnotes.regularization import norm_shrink, softshrink

a = torch.tensor([0.6, 0.3, 0.05], dtype=torch.float64)
penalties = {
    "0.8 · ½‖w‖²": (lambda w: 0.4 * w.square().sum(1), a / 1.8),
    "0.8 · ‖w‖": (lambda w: 0.8 * w.norm(dim=1), norm_shrink(a, 0.8)),
    "0.2 · ‖w‖₁": (lambda w: 0.2 * w.abs().sum(1), softshrink(a, 0.2)),
}
generator = torch.Generator().manual_seed(0)
for name, (penalty, formula) in penalties.items():
    best, radius = a, 1.0
    for _ in range(400):  # keep the best of random points around it, ever closer, and zeros
        points = best + radius * torch.randn(200, 3, generator=generator, dtype=torch.float64)
        points = torch.cat([best[None], points, points * (torch.rand(200, 3, generator=generator) < 0.5)])
        objective = 0.5 * (points - a).square().sum(1) + penalty(points)
        best, radius = points[objective.argmin()], 0.96 * radius
    print(name, *([round(value, 3) + 0.0 for value in w.tolist()] for w in (best, formula)))
#> 0.8 · ½‖w‖² [0.333, 0.167, 0.028] [0.333, 0.167, 0.028]
#> 0.8 · ‖w‖ [0.0, 0.0, 0.0] [0.0, 0.0, 0.0]
#> 0.2 · ‖w‖₁ [0.4, 0.1, 0.0] [0.4, 0.1, 0.0]
