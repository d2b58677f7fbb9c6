"""Predicted and measured rate on quadratics of three condition numbers."""

import torch

from dlnotes.gradient_descent import gradient_descent, optimal_lr

for kappa in (1, 10, 100):
    H = torch.diag(torch.linspace(1, kappa, 5, dtype=torch.float64))
    start = torch.ones(5, dtype=torch.float64)
    points = gradient_descent(lambda e, H=H: 0.5 * e @ H @ e, start, optimal_lr(H), 1000)
    norms = points.norm(dim=1)
    if kappa == 1:
        print(f"κ = 1: error after one step {norms[1]:.1f}")
        continue
    steps = int((norms > 1e-6 * norms[0]).sum())
    measured = (norms[40] / norms[20]) ** (1 / 20)
    predicted = (kappa - 1) / (kappa + 1)
    print(f"κ = {kappa}: rate {measured:.4f}, predicted {predicted:.4f}; {steps} steps to 1e-6")
#> κ = 1: error after one step 0.0
#> κ = 10: rate 0.8182, predicted 0.8182; 67 steps to 1e-6
#> κ = 100: rate 0.9802, predicted 0.9802; 668 steps to 1e-6
