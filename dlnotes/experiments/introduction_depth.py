"""Ten hidden layers and three recipes: sigmoid with N(0, 1) weights, ReLU with He's, and batch normalisation."""

import time
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn

from dlnotes.experiments import progress, record
from dlnotes.experiments._stacked import Linear, accuracy, batches, loss, samples
from dlnotes.runs import Run

RECIPES = ("sigmoid, N(0, 1)", "ReLU, He", "ReLU, He, batch norm")


@dataclass(frozen=True)
class Config:
    dataset: str = "digits"
    layers: int = 10  # hidden ones
    width: int = 64  # units
    steps: int = 600
    every: int = 20  # steps between measurements on all training samples
    batch: int = 64  # samples a step
    lr: float = 0.02
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    device: str = "cpu"


class BatchNorm(nn.Module):
    """Every unit standardised over the batch; statistics of the batch at hand also when measuring, it is large."""

    def forward(self, z: Tensor) -> Tensor:
        return (z - z.mean(1, keepdim=True)) / (z.var(1, correction=0, keepdim=True) + 1e-5).sqrt()


def network(recipe: str, sizes: list[int], generators: list[torch.Generator]) -> nn.Sequential:
    layers = []
    for inputs, outputs in pairwise(sizes[:-1]):
        layers.append(Linear(inputs, outputs, generators, std=1.0 if recipe == RECIPES[0] else None))
        if recipe == RECIPES[2]:
            layers.append(BatchNorm())
        layers.append(nn.Sigmoid() if recipe == RECIPES[0] else nn.ReLU())
    return nn.Sequential(*layers, Linear(sizes[-2], sizes[-1], generators, std=1.0 if recipe == RECIPES[0] else None))


def train(recipe: str, config: Config) -> tuple[Tensor, Tensor]:
    """Training losses, shape (seeds, measurements), and the test accuracy at the end."""
    x, labels = samples(config.dataset, "train", config.device)
    test_x, test_labels = samples(config.dataset, "test", config.device)
    generators = [torch.Generator().manual_seed(seed) for seed in config.seeds]
    sizes = [x.shape[1], *[config.width] * config.layers, 10]
    model = network(recipe, sizes, generators).to(config.device)
    optimizer = torch.optim.SGD(model.parameters(), lr=config.lr, momentum=0.9)
    losses = []
    steps = batches(len(x), config.batch, config.steps, generators, config.device)
    for step, rows in enumerate(progress(steps, recipe, config.steps)):
        if step % config.every == 0:
            with torch.no_grad():
                losses.append(loss(model(x), labels))
        optimizer.zero_grad()
        loss(model(x[rows]), labels[rows]).sum().backward()
        optimizer.step()
    with torch.no_grad():
        losses.append(loss(model(x), labels))
        return torch.stack(losses, dim=1), accuracy(model(test_x), test_labels)


def run(config: Config) -> Run:
    """Trains every recipe once per seed."""
    started = time.time()
    losses, accuracies = zip(*(train(recipe, config) for recipe in RECIPES), strict=True)
    names = ("sigmoid", "relu", "batch_norm")
    return record(
        config,
        started,
        series={f"{name}_loss": values for name, values in zip(names, losses, strict=True)},
        results={f"{name}_accuracy": values for name, values in zip(names, accuracies, strict=True)},
        data=config.dataset,
    )


def smoke() -> Run:
    """A few steps of two seeds."""
    return run(Config(layers=3, steps=40, seeds=(0, 1)))
