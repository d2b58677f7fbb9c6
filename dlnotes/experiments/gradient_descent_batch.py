"""Stochastic gradient descent with small and large batches: loss against learning rate, against epochs, and its time.

A multilayer perceptron of one hidden layer by the formulas of the chapter on backpropagation. All learning rates and
seeds of a batch size run as one batch of networks.
"""

import time
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from dlnotes import data
from dlnotes.backpropagation import backward, forward, he_normal, mean_cross_entropy
from dlnotes.experiments import progress, record
from dlnotes.gradient_descent import minibatches
from dlnotes.runs import Run


@dataclass(frozen=True)
class Config:
    dataset: str = "fashion_mnist"  # or "digits"
    samples: int = 60_000  # of the training set, the first ones
    hidden: int = 128  # units, ReLU
    batches: tuple[int, ...] = (1, 32, 512)  # samples a step
    lrs: tuple[float, ...] = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
    epochs: int = 10  # passes over the samples
    timed_steps: int = 200  # of one network, to measure the time of an epoch
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)  # initial weights and order of the samples
    device: str = "cuda"


CPU = Config(samples=4000, hidden=32, epochs=5, device="cpu")
DIVERGED = 10.0  # nats, recorded for every loss above it, or not finite: chance is log 10 = 2.3


class Split(NamedTuple):
    """Samples as rows, standardised by the training set's mean and deviation, and their classes."""

    train_x: Tensor
    train_y: Tensor  # one-hot
    test_x: Tensor
    test_labels: Tensor


def load_split(dataset: str, samples: int, device: str) -> Split:
    load = getattr(data, dataset)
    (train, train_labels), (test, test_labels) = load("train"), load("test")
    train, test = (images.flatten(1).to(device, torch.float32) for images in (train[:samples], test))
    mean, std = train.mean(), train.std()
    one_hot = F.one_hot(train_labels[:samples].to(device)).to(torch.float32)
    return Split((train - mean) / std, one_hot, (test - mean) / std, test_labels.to(device))


class Networks:
    """One network for each seed and each setting, e.g. a learning rate; settings share a seed's initial weights."""

    def __init__(self, sizes: list[int], settings: int, seeds: tuple[int, ...], device: str):
        drawn = [he_normal(sizes, torch.Generator().manual_seed(seed)) for seed in seeds]
        weights, biases = zip(*drawn, strict=True)
        self.shape = (settings, len(seeds))
        self.weights = [self._spread(layer, device) for layer in zip(*weights, strict=True)]
        self.biases = [self._spread(layer, device) for layer in zip(*biases, strict=True)]

    def _spread(self, tensors: tuple[Tensor, ...], device: str) -> Tensor:
        stacked = torch.stack(tensors).to(device)
        return stacked.expand(self.shape[0], *stacked.shape).clone()

    def step(self, x: Tensor, y: Tensor, lr: Tensor) -> None:
        """One step; x and y hold a minibatch for each seed, lr a learning rate for each setting."""
        x, y = (batch.expand(self.shape[0], *batch.shape) for batch in (x, y))
        grads = backward(forward(x, self.weights, self.biases), y, self.weights)
        for params, gradients in zip((self.weights, self.biases), grads, strict=True):
            for param, gradient in zip(params, gradients, strict=True):
                param.sub_(lr.view(-1, *[1] * (param.ndim - 1)) * gradient)

    def logits(self, x: Tensor) -> Tensor:
        """Of every network for the same samples, shape (settings, seeds, samples, classes)."""
        return forward(x.expand(*self.shape, *x.shape), self.weights, self.biases)[-1]

    def loss(self, x: Tensor, y: Tensor) -> Tensor:
        """Mean cross entropy over all samples, shape (seeds, settings)."""
        parts = zip(x.split(500), y.split(500), strict=True)  # in parts, to spare memory
        total = torch.zeros(self.shape, device=x.device)
        for part, labels in parts:
            total += len(part) * mean_cross_entropy(self.logits(part), labels.expand(*self.shape, *labels.shape))
        return (total / len(x)).nan_to_num(nan=DIVERGED).clamp(max=DIVERGED).T

    def accuracy(self, x: Tensor, labels: Tensor) -> Tensor:
        """Share of the samples that are classified rightly, shape (seeds, settings)."""
        parts = zip(x.split(500), labels.split(500), strict=True)
        return (sum((self.logits(part).argmax(-1) == right).sum(-1) for part, right in parts) / len(x)).T


def epoch_orders(samples: int, batch: int, generators: list[torch.Generator]):
    """Indices of every step of one epoch, shape (seeds, batch); each seed has its own order."""
    for indices in zip(*(minibatches(samples, batch, generator) for generator in generators), strict=True):
        yield torch.stack(indices)


def train(config: Config, split: Split, batch: int) -> Tensor:
    """Training loss before the first and after every epoch, shape (seeds, learning rates, epochs + 1)."""
    lrs = torch.tensor(config.lrs, device=config.device)
    networks = Networks(layer_sizes(config.hidden, split), len(lrs), config.seeds, config.device)
    generators = [torch.Generator().manual_seed(seed) for seed in config.seeds]
    losses = [networks.loss(split.train_x, split.train_y)]
    for _ in progress(range(config.epochs), f"batch {batch}"):
        for index in epoch_orders(len(split.train_x), batch, generators):
            networks.step(split.train_x[index], split.train_y[index], lrs)
        losses.append(networks.loss(split.train_x, split.train_y))
    return torch.stack(losses, dim=-1)


def seconds_per_epoch(config: Config, split: Split, batch: int) -> float:
    """Time of one network for as many steps as an epoch has, from the median over some."""
    network = Networks(layer_sizes(config.hidden, split), 1, config.seeds[:1], config.device)
    x, y, lr = split.train_x[None, :batch], split.train_y[None, :batch], torch.tensor([1e-3], device=config.device)
    times = []
    for _ in range(config.timed_steps):
        begun = time.perf_counter()
        network.step(x, y, lr)
        if config.device != "cpu":
            torch.cuda.synchronize()
        times.append(time.perf_counter() - begun)
    return len(split.train_x) / batch * torch.tensor(times).median().item()


def layer_sizes(hidden: int, split: Split) -> list[int]:
    return [split.train_x.shape[1], hidden, split.train_y.shape[1]]


def run(config: Config) -> Run:
    started = time.time()
    split = load_split(config.dataset, config.samples, config.device)
    seconds = [seconds_per_epoch(config, split, batch) for batch in config.batches]
    losses = {batch: train(config, split, batch) for batch in config.batches}
    best = {batch: loss[..., -1].mean(0).argmin() for batch, loss in losses.items()}  # learning rate, by mean loss
    results, seeds = {}, len(config.seeds)
    for batch, second in zip(config.batches, seconds, strict=True):
        results[f"loss_{batch}"] = losses[batch][:, best[batch], -1]
        results[f"lr_{batch}"] = [config.lrs[best[batch]]] * seeds
        results[f"seconds_per_epoch_{batch}"] = [second] * seeds
    return record(
        config,
        started,
        series={f"loss_{batch}": loss for batch, loss in losses.items()} | {"seconds_per_epoch": seconds},
        axes={"seconds_per_epoch": ["batch"]},
        results=results,
        data=config.dataset,
    )


def smoke() -> Run:
    """The same code on the embedded digits, in seconds on a CPU."""
    small = Config(dataset="digits", samples=256, hidden=8, batches=(8, 64), lrs=(0.03, 0.3), epochs=2, timed_steps=5)
    return run(Config(**{**vars(small), "seeds": (0, 1), "device": "cpu"}))
