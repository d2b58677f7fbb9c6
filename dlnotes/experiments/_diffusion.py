"""What the diffusion experiments share: two moons, and stacked networks that denoise points in the plane."""

import math

import torch
from torch import Tensor, nn

from dlnotes.experiments._stacked import Linear


def moons(count: int, generator: torch.Generator, noise: float = 0.1) -> Tensor:
    """Points of two interleaved half circles with a little noise, centred and with unit variance, shape (count, 2)."""
    angle = math.pi * torch.rand(count, generator=generator)
    upper = torch.randint(2, (count,), generator=generator)
    sign = 2 * upper - 1.0
    x = torch.stack([sign * angle.cos() - sign / 2, sign * (angle.sin() - 0.25)], dim=1)
    x = x + noise * torch.randn(count, 2, generator=generator)
    return x / torch.tensor([0.87, 0.5])  # their standard deviations


class Network(nn.Module):
    """Points (networks, n, 2) and noise levels (networks, n, 1) to points, one multilayer perceptron a network."""

    def __init__(self, hidden: int, generators: list[torch.Generator]):
        super().__init__()
        self.layers = nn.Sequential(
            Linear(5, hidden, generators), nn.SiLU(),
            Linear(hidden, hidden, generators), nn.SiLU(),
            Linear(hidden, hidden, generators), nn.SiLU(),
            Linear(hidden, 2, generators),
        )  # fmt: skip

    def forward(self, x: Tensor, level: Tensor) -> Tensor:
        return self.layers(torch.cat([x, level, (4 * level).sin(), (4 * level).cos()], dim=-1))


def normal(generators: list[torch.Generator], *shape: int) -> Tensor:
    """Standard normal numbers, each network's from its own generator, shape (networks, *shape)."""
    return torch.stack([torch.randn(shape, generator=generator) for generator in generators])


def nearest(x: Tensor, data: Tensor) -> Tensor:
    """Distance of every point to the nearest data point, shape (..., n)."""
    return torch.cdist(x, data).amin(-1)
