"""Encoders and decoders of several seeds at once, for the experiments on autoencoders."""

from itertools import pairwise

import torch
from torch import Tensor, nn

from dlnotes.experiments._stacked import Linear


def perceptron(sizes: list[int], generators: list[torch.Generator], activation: type[nn.Module] = nn.GELU):
    """Layers of these sizes, one network a seed, with an activation between them."""
    layers: list[nn.Module] = []
    for inputs, outputs in pairwise(sizes):
        layers += [Linear(inputs, outputs, generators), activation()]
    return nn.Sequential(*layers[:-1])


class Autoencoder(nn.Module):
    """Encoder and decoder, mirror images; maps (seeds, n, sizes[0]) to the same shape through sizes[-1] numbers."""

    def __init__(self, sizes: list[int], generators: list[torch.Generator]):
        super().__init__()
        self.encoder = perceptron(sizes, generators)
        self.decoder = perceptron(sizes[::-1], generators)

    def forward(self, x: Tensor) -> Tensor:
        return self.decoder(self.encoder(x))


def squared_error(output: Tensor, target: Tensor) -> Tensor:
    """Mean over samples of the squared distance, one number a seed."""
    return (output - target).square().sum(-1).mean(-1)


def generators_of(seeds: tuple[int, ...]) -> list[torch.Generator]:
    """A source of randomness for each seed."""
    return [torch.Generator().manual_seed(seed) for seed in seeds]
