"""Gradients of size 1 for 200 steps, then of size 0.01: how long is a
step?"""

import torch

from dlnotes.adam import Adagrad, RMSprop

for make in (Adagrad, RMSprop):
    w = torch.zeros(1, requires_grad=True)
    optimizer = make([w], lr=0.01)
    steps = []
    for t in range(1000):
        before = w.item()
        w.grad = torch.tensor([1.0 if t < 200 else 0.01])
        optimizer.step()
        steps.append(before - w.item())
    print(make.__name__, [f"{steps[t]:.6f}" for t in (199, 200, 999)])
#> Adagrad ['0.000707', '0.000007', '0.000007']
#> RMSprop ['0.010746', '0.000108', '0.005136']
