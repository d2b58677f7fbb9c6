"""Gradients grow backwards through layers of random weights, batch normalisation and ReLU, for any scale of weights."""

import math

import torch
from torch.nn import functional as F

from dlnotes.residual_learning import gradient_norms

width, depth, samples = 256, 24, 256
for g in (0.1, 2.0, 50.0):
    generator = torch.Generator().manual_seed(0)
    weights = (g / width) ** 0.5 * torch.randn(depth, width, width, generator=generator)
    layers = [lambda h, W=W: torch.relu(F.batch_norm(h @ W.T, None, None, training=True)) for W in weights]
    x, direction = torch.randn(2, samples, width, generator=generator)
    norms = gradient_norms(layers, x, lambda h, u=direction: (h * u).sum())
    print(f"g = {g}: factor a layer {(norms[4] / norms[-1]) ** (1 / (depth - 4)):.2f}")
#> g = 0.1: factor a layer 1.21
#> g = 2.0: factor a layer 1.21
#> g = 50.0: factor a layer 1.21
print(f"theory {math.sqrt(math.pi / (math.pi - 1)):.3f}; over 50 layers {(math.pi / (math.pi - 1)) ** 25:.0f}")
#> theory 1.211; over 50 layers 14465
