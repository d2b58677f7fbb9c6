"""torch's Nesterov optimiser holds the point ahead; its loss is read there."""

import torch

from dlnotes.momentum import SGD, nesterov

lr, beta, steps = 0.05, 0.9, 12


def f(w):
    return 0.25 * (w**2 - 1) ** 2


points = nesterov(f, torch.tensor(2.0, dtype=torch.float64), lr, beta, steps)
ahead = points[-1] + beta * (points[-1] - points[-2])
print(f"θ = {points[-1]:.6f}, θ + β ν = {ahead:.6f}")
#> θ = -0.420193, θ + β ν = -0.534042
for optimizer_class in (SGD, torch.optim.SGD):
    w = torch.tensor(2.0, dtype=torch.float64, requires_grad=True)
    optimizer = optimizer_class([w], lr=lr, momentum=beta, nesterov=True)
    for _ in range(steps):
        optimizer.zero_grad()
        f(w).backward()
        optimizer.step()
    print(f"{optimizer_class.__module__}: {w.item():.6f}")
#> dlnotes.momentum: -0.534042
#> torch.optim.sgd: -0.534042
