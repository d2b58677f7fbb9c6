"""Networks that denoise images, given as rows of pixels, and the two ways in which they are made denoisers."""

import math
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def level_features(level: Tensor, count: int) -> Tensor:
    """Sines and cosines of a level of order 1, at frequencies from 1 to 30; shape (n, count)."""
    angle = level * torch.logspace(0, math.log10(30), count // 2, device=level.device)
    return torch.cat([angle.sin(), angle.cos()], dim=-1)


class Perceptron(nn.Module):
    """A multilayer perceptron with residual blocks, for machines without a GPU."""

    def __init__(self, side: int, width: int, blocks: int = 3):
        super().__init__()
        self.into, self.level = nn.Linear(side**2, width), nn.Linear(32, width)
        self.blocks = nn.ModuleList(
            nn.Sequential(nn.LayerNorm(width), nn.Linear(width, width), nn.SiLU(), nn.Linear(width, width))
            for _ in range(blocks)
        )
        self.out = nn.Linear(width, side**2)

    def forward(self, x: Tensor, level: Tensor) -> Tensor:
        h = self.into(x) + self.level(level_features(level, 32))
        for block in self.blocks:
            h = h + block(h)
        return self.out(h)


class Block(nn.Module):
    """Two convolutions with a shortcut; the noise level scales and shifts between them."""

    def __init__(self, inputs: int, outputs: int, features: int):
        super().__init__()
        self.first, self.second = nn.Conv2d(inputs, outputs, 3, padding=1), nn.Conv2d(outputs, outputs, 3, padding=1)
        self.norms = nn.ModuleList([nn.GroupNorm(min(8, inputs), inputs), nn.GroupNorm(8, outputs)])
        self.level = nn.Linear(features, 2 * outputs)
        self.shortcut = nn.Conv2d(inputs, outputs, 1)

    def forward(self, x: Tensor, features: Tensor) -> Tensor:
        scale, shift = self.level(features)[:, :, None, None].chunk(2, dim=1)
        h = self.norms[1](self.first(F.silu(self.norms[0](x)))) * (1 + scale) + shift
        return self.shortcut(x) + self.second(F.silu(h))


class UNet(nn.Module):
    """A small U-Net (Ronneberger et al. 2015): three scales down, and up again with the maps kept on the way."""

    def __init__(self, side: int, width: int):
        super().__init__()
        self.side = side
        sizes = [width, 2 * width, 2 * width]
        self.features = nn.Sequential(nn.Linear(32, 4 * width), nn.SiLU())
        self.into = nn.Conv2d(1, width, 3, padding=1)
        self.down = nn.ModuleList(Block(a, b, 4 * width) for a, b in pairwise([width, *sizes]))
        self.middle = Block(sizes[-1], sizes[-1], 4 * width)
        ups = zip([sizes[-1], *sizes[:0:-1]], sizes[::-1], strict=True)
        self.up = nn.ModuleList(Block(below + kept, kept, 4 * width) for below, kept in ups)
        self.out = nn.Conv2d(width, 1, 3, padding=1)

    def forward(self, x: Tensor, level: Tensor) -> Tensor:
        features = self.features(level_features(level, 32))
        h, kept = self.into(x.view(-1, 1, self.side, self.side)), []
        for place, block in enumerate(self.down):
            h = block(F.avg_pool2d(h, 2, ceil_mode=True) if place else h, features)
            kept.append(h)
        h = self.middle(h, features)
        for block in self.up:
            skip = kept.pop()
            h = block(torch.cat([F.interpolate(h, skip.shape[-2:]), skip], dim=1), features)
        return self.out(F.silu(h)).flatten(1)


class NoisePrediction(nn.Module):
    """A denoiser whose network predicts the noise, from inputs of constant variance (Ho, Jain and Abbeel 2020)."""

    def __init__(self, network: nn.Module):
        super().__init__()
        self.network = network

    def forward(self, x: Tensor, sigma: Tensor) -> Tensor:
        level = (sigma.log() / 4).expand(len(x), 1)
        return x - sigma * self.network(x / (1 + sigma**2).sqrt(), level)

    def weight(self, sigma: Tensor) -> Tensor:
        """Under this weight the denoising loss is the squared error of the predicted noise."""
        return sigma**-2
