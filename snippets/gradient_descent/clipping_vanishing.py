"""Derivative by the first state after 100 steps of h ← w h, clipped to 1: one
gradient is cut, one stays tiny."""

import torch

from dlnotes.gradient_descent import clip_grad_norm_

for w in (1.1, 0.9):
    start = torch.ones(1, dtype=torch.float64, requires_grad=True)
    h = start
    for _ in range(100):
        h = w * h
    h.sum().backward()
    before = clip_grad_norm_(start, max_norm=1.0)
    print(f"w = {w}: {before.item():.3g}, clipped {start.grad.item():.3g}")
#> w = 1.1: 1.38e+04, clipped 1
#> w = 0.9: 2.66e-05, clipped 2.66e-05
