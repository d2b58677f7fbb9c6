"""The same with skips: h + W relu(batch norm(h))."""

import math

import torch
from torch.nn import functional as F

torch.manual_seed(0)
width, samples, depth = 512, 512, 40
v = (math.pi - 1) / math.pi
h, inside = torch.randn(samples, width).requires_grad_(), []
for _ in range(depth):
    inside.append(h)
    W = torch.randn(width, width) * math.sqrt(2 / width)
    h = h + F.relu(F.batch_norm(h, None, None, training=True)) @ W.T
first, last = torch.autograd.grad((h * torch.randn_like(h)).sum(), [inside[0], h])
variance = h.var(dim=0).mean()
print(f"variance over the batch {variance:.1f}, predicted {1 + depth * v:.1f}")
#> variance over the batch 28.5, predicted 28.3
predicted = math.prod(1 + 1 / (1 + level * v) for level in range(depth))
growth = (first.norm() / last.norm()) ** 2
print(f"squared gradient, growth {growth:.0f}, predicted {predicted:.0f}")
#> squared gradient, growth 112, predicted 112
print(f"power of the depth {1 / v:.3f}")
#> power of the depth 1.467
print(f"without skips {(math.pi / (math.pi - 1)) ** depth:.1e}")
#> without skips 4.5e+06
