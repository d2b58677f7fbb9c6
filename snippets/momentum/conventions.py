"""The same path in three conventions, and what happens if the learning rate
is not converted."""

import torch

from dlnotes.momentum import SGD, heavy_ball

lr, beta, start = 0.1, 0.9, torch.tensor(1.0, dtype=torch.float64)


def gradient(w):
    return torch.tanh(w)


w, m = start.clone(), 0.0
for _ in range(10):
    m = beta * m + (1 - beta) * gradient(w)
    w = w - lr / (1 - beta) * m
print(f"average:    {w:.6f}")
#> average:    -0.564346
points = heavy_ball(lambda w: w.cosh().log(), start, lr, beta, 10)
print(f"heavy ball: {points[-1]:.6f}")
#> heavy ball: -0.564346
for options in ({"lr": lr}, {"lr": lr, "dampening": beta}):
    w = start.clone().requires_grad_()
    optimizer = SGD([w], momentum=beta, **options)
    for _ in range(10):
        w.grad = gradient(w.detach())
        optimizer.step()
    print(f"SGD {options}: {w.item():.6f}")
#> SGD {'lr': 0.1}: -0.564346
#> SGD {'lr': 0.1, 'dampening': 0.9}: 0.294706
