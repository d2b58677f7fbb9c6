"""Loss of a line through the penguins, its partial derivatives by formula and
by autograd."""

import torch

from dlnotes.data import penguins

measurements, _ = penguins()
x = (measurements[:, 2] - 200) / 10  # flipper, in cm from 20 cm
y = measurements[:, 3] / 1000  # mass in kg

b = torch.tensor(0.0, dtype=torch.float64, requires_grad=True)
w = torch.tensor(0.0, dtype=torch.float64, requires_grad=True)
residual = b + w * x - y
loss = 0.5 * residual.square().mean()
loss.backward()
print(f"loss {loss.item():.4f} kg²")
#> loss 9.1480 kg²

print(f"formula  {residual.mean().item():.6f} {(residual * x).mean().item():.6f}")
#> formula  -4.201754 -1.364115
print(f"autograd {b.grad.item():.6f} {w.grad.item():.6f}")
#> autograd -4.201754 -1.364115
