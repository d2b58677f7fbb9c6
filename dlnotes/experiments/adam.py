"""Eight optimisers on one network and Fashion-MNIST, each at the learning rate that a validation split prefers.

The learning rates are compared by the accuracy on samples that are not trained on, with seeds of their own; the best of
each optimiser is then trained anew with other seeds, and these are tested. All networks of an optimiser train side by
side as one batch: an elementwise optimiser does to stacked parameters what it does to separate ones.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from dlnotes import data
from dlnotes.adam import Adagrad, Adam, AdamW, RMSprop
from dlnotes.experiments import progress, record
from dlnotes.runs import Run

OPTIMIZERS: dict[str, Callable] = {  # from parameter groups, each with its learning rate
    "sgd": torch.optim.SGD,
    "momentum": lambda groups: torch.optim.SGD(groups, momentum=0.9),
    "nesterov": lambda groups: torch.optim.SGD(groups, momentum=0.9, nesterov=True),
    "adagrad": Adagrad,
    "rmsprop": RMSprop,
    "adam": Adam,
    "amsgrad": lambda groups: Adam(groups, amsgrad=True),
    "adamw": AdamW,
}
DIVERGED = 10.0  # nats, recorded for every loss above it, or not finite: chance is log 10 = 2.3


@dataclass(frozen=True)
class Config:
    dataset: str = "fashion_mnist"  # or "digits"
    samples: int = 50_000  # trained on, the first ones of the training set
    validation: int = 10_000  # the next ones, to choose the learning rate
    hidden: int = 128  # units, ReLU
    batch: int = 100  # samples a step
    epochs: int = 15  # passes over the samples
    plain_lrs: tuple[float, ...] = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)  # at the start, of sgd, momentum, nesterov
    adaptive_lrs: tuple[float, ...] = (1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1)  # of the others
    tuning_seeds: tuple[int, ...] = (100, 101, 102)  # initial weights and order of the samples
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6, 7, 8, 9)
    device: str = "cuda"


CPU = Config(samples=10_000, validation=5000, hidden=32, epochs=8, device="cpu")


class Samples(NamedTuple):
    x: Tensor  # as rows, standardised by the mean and deviation of those that are trained on
    labels: Tensor


class Split(NamedTuple):
    train: Samples
    validation: Samples
    test: Samples


def load_split(config: Config) -> Split:
    load = getattr(data, config.dataset)
    (images, labels), test = load("train"), load("test")
    end = config.samples + config.validation
    parts = [
        (images[: config.samples], labels[: config.samples]),
        (images[config.samples : end], labels[config.samples : end]),
        test,
    ]
    rows = [part.flatten(1).to(config.device, torch.float32) for part, _ in parts]
    mean, std = rows[0].mean(), rows[0].std()
    return Split(*(Samples((x - mean) / std, y.to(config.device)) for x, (_, y) in zip(rows, parts, strict=True)))


def initial(sizes: list[int], seeds: tuple[int, ...], device: str) -> list[Tensor]:
    """Weights, normal with variance 2 / inputs, and zero biases of one network for each seed, stacked."""
    layers = []
    for inputs, outputs in pairwise(sizes):
        drawn = []
        for seed in seeds:
            generator = torch.Generator().manual_seed(1000 * seed + inputs)
            drawn.append((2 / inputs) ** 0.5 * torch.randn(inputs, outputs, generator=generator))
        layers += [torch.stack(drawn), torch.zeros(len(seeds), 1, outputs)]
    return [layer.to(device).requires_grad_() for layer in layers]


def logits(networks: list[list[Tensor]], x: Tensor) -> Tensor:
    """Of all networks; x holds samples for each seed, shape (seeds, batch, inputs), or one set for all."""
    first, first_bias, second, second_bias = (torch.cat(layers) for layers in zip(*networks, strict=True))
    x = x.expand(len(first) // len(x), *x.shape).flatten(0, 1)
    return torch.baddbmm(second_bias, torch.baddbmm(first_bias, x, first).relu(), second)


@torch.no_grad()
def evaluate(networks: list[list[Tensor]], samples: Samples) -> tuple[Tensor, Tensor]:
    """Mean cross entropy and accuracy of every network, each of shape (seeds, learning rates)."""
    loss, right = 0.0, 0.0
    for x, labels in zip(samples.x.split(1000), samples.labels.split(1000), strict=True):
        scores = logits(networks, x.unsqueeze(0))
        loss += F.cross_entropy(scores.movedim(-1, 1), labels.expand(len(scores), -1), reduction="none").sum(-1)
        right += (scores.argmax(-1) == labels).sum(-1)
    shaped = [total.view(len(networks), -1).T / len(samples.x) for total in (loss, right)]
    return shaped[0].nan_to_num(nan=DIVERGED).clamp(max=DIVERGED), shaped[1]


class Trained(NamedTuple):
    """Measured after every epoch, the loss also before the first; shapes (seeds, learning rates[, epochs + 1])."""

    train_loss: Tensor
    accuracy: Tensor


def train(
    config: Config, split: Split, name: str, lrs: tuple[float, ...], seeds: tuple[int, ...], on: Samples
) -> Trained:
    """One optimiser's networks, one for each learning rate and seed; the accuracy is that on other samples."""
    sizes = [split.train.x.shape[1], config.hidden, int(split.train.labels.max()) + 1]
    networks = [initial(sizes, seeds, config.device) for _ in lrs]
    optimizer = OPTIMIZERS[name]([{"params": network, "lr": lr} for network, lr in zip(networks, lrs, strict=True)])
    steps = config.epochs * -(-len(split.train.x) // config.batch)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)  # from the learning rate to 0
    generators = [torch.Generator().manual_seed(seed) for seed in seeds]
    losses = [evaluate(networks, split.train)[0]]
    for _ in progress(range(config.epochs), name):
        orders = torch.stack([torch.randperm(len(split.train.x), generator=generator) for generator in generators])
        for index in orders.to(config.device).split(config.batch, dim=1):
            scores = logits(networks, split.train.x[index])
            labels = split.train.labels[index].repeat(len(lrs), 1)
            loss = F.cross_entropy(scores.movedim(-1, 1), labels, reduction="none").mean(-1)
            optimizer.zero_grad()
            loss.sum().backward()  # each network's gradient is that of its own loss
            optimizer.step()
            schedule.step()
        losses.append(evaluate(networks, split.train)[0])
    return Trained(torch.stack(losses, dim=-1), evaluate(networks, on)[1])


def run(config: Config) -> Run:
    started = time.time()
    split = load_split(config)
    series, results = {}, {}
    for name in OPTIMIZERS:
        lrs = config.plain_lrs if name in ("sgd", "momentum", "nesterov") else config.adaptive_lrs
        tuned = train(config, split, name, lrs, config.tuning_seeds, split.validation)
        series[f"{name}_validation"] = tuned.accuracy.T
        mean = tuned.accuracy.mean(0)
        best = mean.argmax().item()
        final = train(config, split, name, (lrs[best],), config.seeds, split.test)
        series[f"{name}_train_loss"] = final.train_loss[:, 0]
        results[f"{name}_train_loss"] = final.train_loss[:, 0, -1]
        results[f"{name}_accuracy"] = final.accuracy[:, 0]
        results[f"{name}_lr"] = [lrs[best]] * len(config.seeds)
        results[f"{name}_good_lrs"] = [float((mean > mean.max() - 0.01).sum())] * len(config.seeds)  # within 1 %
        results[f"{name}_at_edge"] = [float(best in (0, len(lrs) - 1))] * len(config.seeds)
    axes = {f"{name}_validation": ["learning rate", "tuning seed"] for name in OPTIMIZERS}
    return record(config, started, series=series, results=results, data=config.dataset, axes=axes)


def smoke() -> Run:
    """The same code on the embedded digits, in seconds on a CPU."""
    small = {"samples": 256, "validation": 100, "hidden": 8, "epochs": 1, "seeds": (0, 1), "tuning_seeds": (100, 101)}
    return run(Config("digits", **small, plain_lrs=(0.1, 0.3), adaptive_lrs=(1e-3, 1e-2), device="cpu"))
