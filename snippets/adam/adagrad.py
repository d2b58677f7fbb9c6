"""Adagrad's steps: the first is η for any gradient, later ones shrink as
one over the root of t."""

import torch

from dlnotes.adam import Adagrad

w = torch.zeros(3, dtype=torch.float64, requires_grad=True)
optimizer = Adagrad([w], lr=0.1)
gradient = torch.tensor([1e-3, 1.0, -1e3], dtype=torch.float64)
for t in range(1, 101):
    before = w.detach().clone()
    w.grad = gradient
    optimizer.step()
    if t in (1, 4, 100):
        print(t, [round(step, 6) for step in (w - before).tolist()])
#> 1 [-0.1, -0.1, 0.1]
#> 4 [-0.05, -0.05, 0.05]
#> 100 [-0.01, -0.01, 0.01]
