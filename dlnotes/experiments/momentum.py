"""Gradient descent, heavy ball and Nesterov on images, each at several learning rates, with small and large batches.

A perceptron with one hidden layer. The networks of all seeds are trained side by side, as one batch of matrices.
"""

import time
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from dlnotes import data
from dlnotes.experiments import progress, record
from dlnotes.momentum import SGD
from dlnotes.runs import Run

METHODS = ("sgd", "heavy_ball", "nesterov")


@dataclass(frozen=True)
class Config:
    dataset: str = "fashion_mnist"  # or "digits"
    samples: int = 60_000  # of the training set, the first ones
    hidden: int = 128  # units, ReLU
    batches: tuple[int, ...] = (32, 1000)  # samples a step
    momentum: float = 0.9
    effective_lrs: tuple[float, ...] = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4)  # lr / (1 - momentum)
    epochs: int = 10  # passes over the samples
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)  # initial weights and order of the samples
    device: str = "cuda"


CPU = Config(samples=8000, hidden=32, epochs=5, device="cpu")
DIVERGED = 10.0  # nats, recorded for every loss above it, or not finite: chance is log 10 = 2.3


class Split(NamedTuple):
    """Samples as rows, standardised by the training set's mean and deviation, and their classes."""

    train_x: Tensor
    train_labels: Tensor
    test_x: Tensor
    test_labels: Tensor


def load_split(dataset: str, samples: int, device: str) -> Split:
    load = getattr(data, dataset)
    (train, train_labels), (test, test_labels) = load("train"), load("test")
    train, test = (images.flatten(1).to(device, torch.float32) for images in (train[:samples], test))
    mean, std = train.mean(), train.std()
    labels = train_labels[:samples].to(device), test_labels.to(device)
    return Split((train - mean) / std, labels[0], (test - mean) / std, labels[1])


def initial_weights(sizes: list[int], seeds: tuple[int, ...], device: str) -> list[Tensor]:
    """He's normal weights and zero biases, one network for each seed: shapes (seeds, in, out) and (seeds, 1, out)."""
    parameters = []
    for layer, (fan_in, fan_out) in enumerate(pairwise(sizes)):
        generators = (torch.Generator().manual_seed(1000 * layer + seed) for seed in seeds)
        weights = [torch.randn(fan_in, fan_out, generator=generator) for generator in generators]
        parameters.append(((2 / fan_in) ** 0.5 * torch.stack(weights)).to(device))
        parameters.append(torch.zeros(len(seeds), 1, fan_out, device=device))
    return parameters


def logits(parameters: list[Tensor], x: Tensor) -> Tensor:
    """Of every network for its own samples, x of shape (seeds, samples, pixels)."""
    w1, b1, w2, b2 = parameters
    return torch.baddbmm(b2, torch.baddbmm(b1, x, w1).relu(), w2)


def losses(parameters: list[Tensor], x: Tensor, labels: Tensor) -> Tensor:
    """Mean cross entropy of each network, shape (seeds,)."""
    return F.cross_entropy(logits(parameters, x).movedim(-1, 1), labels, reduction="none").mean(-1)


class Trained(NamedTuple):
    """One method at one learning rate: training loss before the first and after every epoch, and test accuracy."""

    loss: Tensor  # (seeds, epochs + 1)
    accuracy: Tensor  # (seeds,)


def train(config: Config, split: Split, batch: int, method: str, effective_lr: float) -> Trained:
    momentum = 0.0 if method == "sgd" else config.momentum
    sizes = [split.train_x.shape[1], config.hidden, int(split.train_labels.max()) + 1]
    parameters = [tensor.requires_grad_() for tensor in initial_weights(sizes, config.seeds, config.device)]
    optimizer = SGD(parameters, lr=(1 - momentum) * effective_lr, momentum=momentum, nesterov=method == "nesterov")
    generators = [torch.Generator().manual_seed(seed) for seed in config.seeds]
    history = [evaluate(parameters, split)]
    for _ in range(config.epochs):
        orders = torch.stack([torch.randperm(len(split.train_x), generator=each) for each in generators])
        for index in orders.split(batch, dim=1):
            optimizer.zero_grad()
            losses(parameters, split.train_x[index], split.train_labels[index]).sum().backward()
            optimizer.step()
        history.append(evaluate(parameters, split))
    with torch.no_grad():
        found = logits(parameters, split.test_x.expand(len(config.seeds), *split.test_x.shape)).argmax(-1)
    return Trained(torch.stack(history, dim=1), (found == split.test_labels).float().mean(-1))


@torch.no_grad()
def evaluate(parameters: list[Tensor], split: Split) -> Tensor:
    """Training loss of each network."""
    seeds = len(parameters[0])
    x, labels = split.train_x.expand(seeds, -1, -1), split.train_labels.expand(seeds, -1)
    return losses(parameters, x, labels).nan_to_num(nan=DIVERGED).clamp(max=DIVERGED)


def run(config: Config) -> Run:
    started = time.time()
    split = load_split(config.dataset, config.samples, config.device)
    series, results = {}, {}
    for batch in config.batches:
        for method in METHODS:
            rates = progress(config.effective_lrs, f"{method}, batch {batch}")
            runs = [train(config, split, batch, method, rate) for rate in rates]
            loss = torch.stack([each.loss for each in runs], dim=1)  # (seeds, learning rates, epochs + 1)
            best = int(loss[..., -1].mean(0).argmin())  # the learning rate with the lowest mean training loss
            series[f"{method}_{batch}"] = loss
            results[f"{method}_{batch}_loss"] = loss[:, best, -1]
            results[f"{method}_{batch}_accuracy"] = runs[best].accuracy
            results[f"{method}_{batch}_effective_lr"] = [config.effective_lrs[best]] * len(config.seeds)
    return record(config, started, series=series, results=results, data=config.dataset)


def smoke() -> Run:
    """The same code on the embedded digits, in seconds on a CPU."""
    small = {"samples": 256, "hidden": 8, "batches": (16, 64), "effective_lrs": (0.1, 1.0), "epochs": 2}
    return run(Config("digits", **small, seeds=(0, 1), device="cpu"))
