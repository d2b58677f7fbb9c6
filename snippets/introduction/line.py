from itertools import pairwise

import torch

x = torch.linspace(-1, 1, 50, dtype=torch.float64)
y = 0.5 * x + 1 + 0.1 * torch.randn(50, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
w, b, lr = 0.0, 0.0, 0.1
risks = []
for _ in range(100):
    residual = w * x + b - y  # the family: lines
    risks.append(residual.square().mean().item())  # the score
    w, b = w - lr * 2 * (residual * x).mean(), b - lr * 2 * residual.mean()  # the search

assert all(later < earlier for earlier, later in pairwise(risks))
print(f"w = {w:.3f}, b = {b:.3f}, risk from {risks[0]:.3f} to {risks[-1]:.4f}")
#> w = 0.553, b = 0.999, risk from 1.113 to 0.0100
