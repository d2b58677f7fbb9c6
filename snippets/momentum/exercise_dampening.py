"""Where the first gradient counts fully, and where it doesn't: total distance
after one gradient of 1 and then none, α = 0.1."""

import torch

from dlnotes import check
from dlnotes.momentum import SGD

alpha, beta = 0.1, 0.9
w = torch.zeros(1, dtype=torch.float64, requires_grad=True)
optimizer = SGD([w], lr=alpha, momentum=beta, dampening=beta)
mean = position = 0.0
for step in range(500):
    gradient = 1.0 if step == 0 else 0.0
    w.grad = torch.full_like(w, gradient)
    optimizer.step()
    mean = beta * mean + (1 - beta) * gradient
    position -= alpha * mean
print(f"running mean {-position:.4f}, dampening {-w.item():.4f}")
#> running mean 0.1000, dampening 1.0000
print(f"difference {position - w.item():.4f}, formula {alpha * beta / (1 - beta):.4f}")
#> difference 0.9000, formula 0.9000


def difference(g, alpha, beta):
    """What the velocity has too much after the first step, β g₀, in all steps together."""
    return -alpha * beta * g[0] * (1 - beta ** len(g)) / (1 - beta)


check("momentum.6", difference)
#> momentum.6: right. It agrees with the reference on all 20 inputs.
