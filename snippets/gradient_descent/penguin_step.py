"""Gradient descent on the penguins, one line a step."""

import torch

from dlnotes.data import penguins

measurements, _ = penguins()
x = (measurements[:, 2] - 200) / 10  # flipper, in cm from 20 cm
X = torch.stack([torch.ones_like(x), x], dim=1)
y = measurements[:, 3] / 1000  # mass in kg

theta = torch.zeros(2, dtype=torch.float64)
for step in range(201):
    residual = X @ theta - y
    if step in (0, 1, 10, 200):
        loss = 0.5 * residual.square().mean().item()
        line = f"{theta[0]:.3f} + {theta[1]:.3f} (flipper - 20)"
        print(f"step {step:3d}: loss {loss:.4f}, mass = {line}")
    theta = theta - 0.5 * X.T @ residual / len(y)
#> step   0: loss 9.1480, mass = 0.000 + 0.000 (flipper - 20)
#> step   1: loss 2.1887, mass = 2.101 + 0.682 (flipper - 20)
#> step  10: loss 0.0773, mass = 4.152 + 0.497 (flipper - 20)
#> step 200: loss 0.0773, mass = 4.156 + 0.497 (flipper - 20)
