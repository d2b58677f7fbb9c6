"""Gradient norm at the input of 30 random layers, relative to the one at their output."""

import torch

from dlnotes.residual_learning import gradient_norms

width, depth = 256, 30
settings = (("sigmoid", torch.sigmoid, 1.0), ("ReLU", torch.relu, 2.0), ("ReLU", torch.relu, 4.0))
for name, activation, g in settings:
    generator = torch.Generator().manual_seed(0)
    weights = torch.randn(depth, width, width, generator=generator, dtype=torch.float64) * (g / width) ** 0.5
    layers = [lambda h, W=W, f=activation: f(h @ W.T) for W in weights]
    x = torch.randn(64, width, generator=generator, dtype=torch.float64)
    direction = torch.randn(64, width, generator=generator, dtype=torch.float64)
    norms = gradient_norms(layers, x, lambda h, u=direction: (h * u).sum())
    print(f"{name}, variance {g:g}/n: {norms[0] / norms[-1]:.0e}")
#> sigmoid, variance 1/n: 1e-19
#> ReLU, variance 2/n: 1e+00
#> ReLU, variance 4/n: 3e+04
