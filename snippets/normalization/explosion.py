"""Gradients in a deep network with batch norm and ReLU, not yet trained."""

import math

import torch
from torch.nn import functional as F

torch.manual_seed(0)
width, samples, depth = 512, 512, 40
h, inside = torch.randn(samples, width).requires_grad_(), []
for _ in range(depth):
    W = torch.randn(width, width) * math.sqrt(2 / width)
    h = F.relu(F.batch_norm(h @ W.T, None, None, training=True))
    inside.append(h)
loss = (h * torch.randn_like(h)).sum()
early, late = torch.autograd.grad(loss, [inside[9], inside[-1]])
growth = (early.norm() / late.norm()) ** (1 / 30)
predicted = math.sqrt(math.pi / (math.pi - 1))
print(f"growth a layer, going back {growth:.3f}, predicted {predicted:.3f}")
#> growth a layer, going back 1.203, predicted 1.211
print(f"over these 30 layers {(early.norm() / late.norm()).item():.0f} times")
#> over these 30 layers 256 times
