"""The best line through the penguins, and the best probability for labels that
are 1 in 30 % of the cases."""

import torch

from dlnotes.data import penguins

measurements, _ = penguins()
flipper = measurements[:, 2]
X = torch.stack([torch.ones_like(flipper), flipper], dim=1)
y = measurements[:, 3] / 1000
best = torch.linalg.lstsq(X, y[:, None]).solution[:, 0]
smallest = 0.5 * (X @ best - y).square().mean().item()
print(f"smallest squared-error loss {smallest:.4f} kg²")
#> smallest squared-error loss 0.0773 kg²

p = torch.linspace(0.001, 0.999, 999, dtype=torch.float64)
cross_entropy = -0.3 * p.log() - 0.7 * (1 - p).log()
lowest = cross_entropy.argmin()
print(f"smallest cross entropy {cross_entropy[lowest]:.4f} nats, at p = {p[lowest]:.2f}")
#> smallest cross entropy 0.6109 nats, at p = 0.30
