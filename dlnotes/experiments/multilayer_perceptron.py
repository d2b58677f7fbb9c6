"""A classifier of handwritten digits: two layers with ReLU, beside a linear classifier and beside two linear layers.

All are trained by the same loop, on two splits of the same images: at random, a new one for each seed, so that every
writer is on both sides; and by their order in the file, where the last fifth is left for testing.
"""

import time
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from dlnotes import data
from dlnotes.experiments import progress, record
from dlnotes.runs import Run


@dataclass(frozen=True)
class Config:
    hidden: int = 128  # units
    epochs: int = 40  # passes over the training set
    batch: int = 64  # samples a step; the last batch of an epoch is smaller
    lr: float = 0.1
    momentum: float = 0.9
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6, 7, 8, 9)  # split, initial weights and order of the samples
    device: str = "cpu"


def load_split(seed: int, by_order: bool) -> tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor]]:
    """Pixels from 0 to 1 and labels, for training and for testing."""
    parts = [data.digits("train"), data.digits("test")]
    images, labels = (torch.cat(kind) for kind in zip(*parts, strict=True))
    x = images.flatten(1).float() / 16
    train = len(parts[0][0])
    order = torch.arange(len(x)) if by_order else torch.randperm(len(x), generator=torch.Generator().manual_seed(seed))
    return (x[order[:train]], labels[order[:train]]), (x[order[train:]], labels[order[train:]])


def network(kind: str, hidden: int) -> nn.Module:
    if kind == "single":
        return nn.Linear(64, 10)
    activation = {"relu": nn.ReLU, "linear": nn.Identity}[kind]
    return nn.Sequential(nn.Linear(64, hidden), activation(), nn.Linear(hidden, 10))


def train(config: Config, kind: str, seed: int, by_order: bool) -> tuple[list[float], list[float]]:
    """Mean training loss of each epoch in nats, and test accuracy after it."""
    (x, y), (test_x, test_y) = ([t.to(config.device) for t in part] for part in load_split(seed, by_order))
    torch.manual_seed(seed)
    model = network(kind, config.hidden).to(config.device)
    optimizer = torch.optim.SGD(model.parameters(), lr=config.lr, momentum=config.momentum)
    generator = torch.Generator().manual_seed(seed)
    losses, accuracies = [], []
    for _ in range(config.epochs):
        total = torch.zeros((), device=config.device)
        for index in torch.randperm(len(x), generator=generator).split(config.batch):  # a new order every epoch
            loss = F.cross_entropy(model(x[index]), y[index])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.detach() * len(index)
        losses.append(total.item() / len(x))
        with torch.no_grad():
            accuracies.append((model(test_x).argmax(dim=1) == test_y).double().mean().item())
    return losses, accuracies


def run(config: Config) -> Run:
    started = time.time()
    series, results = {}, {}
    for kind in ("single", "linear", "relu"):
        for split, by_order in (("random", False), ("order", True)):
            runs = [train(config, kind, seed, by_order) for seed in progress(config.seeds, f"{kind}, {split}")]
            losses, accuracies = (list(values) for values in zip(*runs, strict=True))
            results[f"{kind}_{split}_accuracy"] = [values[-1] for values in accuracies]
            results[f"{kind}_{split}_loss"] = [values[-1] for values in losses]
            if split == "random":
                series |= {f"{kind}_loss": losses, f"{kind}_accuracy": accuracies}
    return record(config, started, series=series, results=results, data="digits")


def smoke() -> Run:
    return run(Config(hidden=8, epochs=2, seeds=(0, 1)))
