"""Curvatures 1 and a million: what the second-order expansion says, and what
happens."""

import torch

from dlnotes.gradient_descent import QuadraticModel

H = torch.diag(torch.tensor([1.0, 1e6], dtype=torch.float64))
theta = torch.ones(2, dtype=torch.float64)
g = H @ theta
loss = 0.5 * theta @ H @ theta
model = QuadraticModel(loss, g, H)
for lr in (1e-6, 1.9e-6, 1e-5):
    after = theta - lr * g
    ratio = (0.5 * after @ H @ after / loss).item()
    predicted = (1 + model.change(-lr * g) / loss).item()
    moved = (theta - after)[0].item()
    print(f"η = {lr:g}: loss × {ratio:.4g} (expansion {predicted:.4g}), flat moved {moved:.2g}")
#> η = 1e-06: loss × 1e-06 (expansion 1e-06), flat moved 1e-06
#> η = 1.9e-06: loss × 0.81 (expansion 0.81), flat moved 1.9e-06
#> η = 1e-05: loss × 81 (expansion 81), flat moved 1e-05
