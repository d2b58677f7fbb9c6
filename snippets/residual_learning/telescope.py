"""Branches that begin with batch normalisation: states grow linearly, gradients like a power of the depth."""

import math

import torch
from torch.nn import functional as F

from dlnotes.residual_learning import gradient_norms

width, samples, ratios = 128, 512, []
for depth in (10, 40, 160):
    generator = torch.Generator().manual_seed(0)
    weights = (2 / width) ** 0.5 * torch.randn(depth, width, width, generator=generator)
    blocks = [lambda x, W=W: x + torch.relu(F.batch_norm(x, None, None, training=True)) @ W.T for W in weights]
    x, direction = torch.randn(2, samples, width, generator=generator)
    norms = gradient_norms(blocks, x, lambda h, u=direction: (h * u).sum())
    ratios.append((norms[0] / norms[-1]).item())
    for block in blocks:
        x = block(x)
    print(f"{depth} blocks: mean square {x.square().mean():.0f}, gradient ratio {ratios[-1]:.1f}")
#> 10 blocks: mean square 11, gradient ratio 4.2
#> 40 blocks: mean square 44, gradient ratio 10.5
#> 160 blocks: mean square 175, gradient ratio 29.2
power = math.log(ratios[2] / ratios[1]) / math.log(4)
print(f"power of the depth from 40 to 160: {power:.2f}, predicted {math.pi / (2 * (math.pi - 1)):.2f}")
#> power of the depth from 40 to 160: 0.73, predicted 0.73
