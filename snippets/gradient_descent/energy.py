"""Gradient descent is Euler's method for a ball without inertia: the smaller
the step, the closer to the flow."""

import torch

from dlnotes.gradient_descent import gradient_descent

H = torch.diag(torch.tensor([1.0, 5.0], dtype=torch.float64))
start = torch.tensor([1.0, 1.0], dtype=torch.float64)
flow = torch.linalg.matrix_exp(-H * 1.0) @ start  # exact, at time 1
for lr in (0.1, 0.01, 0.001):
    end = gradient_descent(lambda p: 0.5 * p @ H @ p, start, lr, steps=round(1 / lr))[-1]
    print(f"η = {lr}: distance to the flow {(end - flow).norm().item():.2e}")
#> η = 0.1: distance to the flow 2.00e-02
#> η = 0.01: distance to the flow 2.02e-03
#> η = 0.001: distance to the flow 2.02e-04
