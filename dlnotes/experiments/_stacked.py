"""Networks of several seeds that train as one: every parameter has a leading dimension that runs over the seeds.

Gradients of the sum of the seeds' losses are each seed's own, and an optimiser that works entry by entry treats them as
separate networks.
"""

import torch
from torch import Tensor, nn

from dlnotes import data

BRIGHTEST = {"fashion_mnist": 255, "digits": 16}  # value of a white pixel


class Linear(nn.Module):
    """One fully connected layer a seed, by default drawn like He's (2015); maps (seeds, n, in) to (seeds, n, out)."""

    def __init__(self, inputs: int, outputs: int, generators: list[torch.Generator], std: float | None = None):
        super().__init__()
        std = (2 / inputs) ** 0.5 if std is None else std
        drawn = [torch.randn(outputs, inputs, generator=generator) for generator in generators]
        self.weight = nn.Parameter(std * torch.stack(drawn))
        self.bias = nn.Parameter(torch.zeros(len(generators), 1, outputs))

    def forward(self, x: Tensor) -> Tensor:
        return torch.baddbmm(self.bias, x.expand(len(self.weight), *x.shape[-2:]), self.weight.mT)


def samples(dataset: str, split: str, device: str) -> tuple[Tensor, Tensor]:
    """Images as rows with pixels in [0, 1], and their labels."""
    images, labels = getattr(data, dataset)(split)
    return (images.flatten(1).float() / BRIGHTEST[dataset]).to(device), labels.to(device)


def loss(logits: Tensor, labels: Tensor) -> Tensor:
    """Mean cross entropy of each seed, shape (seeds,)."""
    picked = logits.log_softmax(-1).gather(-1, labels.expand(*logits.shape[:-1])[..., None])
    return -picked.mean((-2, -1))


def accuracy(logits: Tensor, labels: Tensor) -> Tensor:
    """Share of samples that each seed classifies rightly, shape (seeds,)."""
    return (logits.argmax(-1) == labels).float().mean(-1)


def batches(count: int, size: int, steps: int, generators: list[torch.Generator], device: str):
    """Indices of every step, shape (seeds, size): drawn with replacement, each seed its own."""
    for _ in range(steps):
        rows = [torch.randint(count, (size,), generator=generator) for generator in generators]
        yield torch.stack(rows).to(device)
