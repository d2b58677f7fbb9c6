"""A flux that is the same everywhere changes nothing; what changes the density is its slope."""

import torch

x = torch.tensor([0.2, 0.5, 0.8], dtype=torch.float64, requires_grad=True)


def change(density):
    """Flux and rate of change without force, at D = 1."""
    (slope,) = torch.autograd.grad(density.sum(), x, create_graph=True)
    (curvature,) = torch.autograd.grad(slope.sum() + 0 * x.sum(), x)
    return -slope, curvature


for name, density in (("1 + 2 x", 1 + 2 * x), ("1 + x²", 1 + x**2)):
    flux, rate = change(density)
    print(f"{name}: flux {flux.tolist()}, rate of change {rate.tolist()}")
#> 1 + 2 x: flux [-2.0, -2.0, -2.0], rate of change [0.0, 0.0, 0.0]
#> 1 + x²: flux [-0.4, -1.0, -1.6], rate of change [2.0, 2.0, 2.0]
