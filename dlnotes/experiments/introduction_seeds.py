"""Two networks that differ in width alone, many seeds of each: how much a single run tells."""

import time
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from dlnotes.experiments import progress, record
from dlnotes.experiments._stacked import Linear, accuracy, batches, loss, samples
from dlnotes.runs import Run


@dataclass(frozen=True)
class Config:
    dataset: str = "digits"
    widths: tuple[int, int] = (16, 32)  # hidden units of the two networks
    steps: int = 1000
    batch: int = 64  # samples a step
    lr: float = 0.05
    seeds: tuple[int, ...] = tuple(range(20))
    device: str = "cpu"


def train(width: int, config: Config) -> Tensor:
    """Test accuracy of every seed."""
    x, labels = samples(config.dataset, "train", config.device)
    test_x, test_labels = samples(config.dataset, "test", config.device)
    generators = [torch.Generator().manual_seed(seed) for seed in config.seeds]
    model = nn.Sequential(Linear(x.shape[1], width, generators), nn.ReLU(), Linear(width, 10, generators))
    model.to(config.device)
    optimizer = torch.optim.SGD(model.parameters(), lr=config.lr, momentum=0.9)
    for rows in progress(batches(len(x), config.batch, config.steps, generators, config.device), "", config.steps):
        optimizer.zero_grad()
        loss(model(x[rows]), labels[rows]).sum().backward()
        optimizer.step()
    with torch.no_grad():
        return accuracy(model(test_x), test_labels)


def run(config: Config) -> Run:
    """Trains both networks once per seed."""
    started = time.time()
    narrow, wide = (train(width, config) for width in config.widths)
    results = {"narrow": narrow, "wide": wide, "difference": wide - narrow}
    return record(config, started, results=results, data=config.dataset)


def smoke() -> Run:
    """A few steps of two seeds."""
    return run(Config(steps=100, seeds=(0, 1)))
