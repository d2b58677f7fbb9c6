"""Least squares on random Fourier features of digits, with growing numbers of them: bias, variance and double descent.

A seed draws the test's training sets' noise and features anew, several times, so that bias and variance can be told.
"""

import time
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from dlnotes import data
from dlnotes.experiments import progress, record
from dlnotes.regularization import bias_variance, ridge
from dlnotes.runs import Run


@dataclass(frozen=True)
class Config:
    samples: int = 100  # training images, of 1437
    wrong: float = 0.1  # share of the training labels that are replaced by random ones
    features: tuple[int, ...] = (10, 20, 40, 60, 80, 90, 100, 110, 120, 150, 200, 400, 1000, 3000)  # cosines
    frequency: float = 0.5  # standard deviation of the weights inside the cosine; pixels go from 0 to 1
    penalty: float = 10.0  # λ of the ridge solution beside the shortest one, for features of mean square 1
    draws: int = 20  # training sets and features of a seed
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    device: str = "cpu"


CPU = Config()


def predictions(config: Config, features: int, generator: torch.Generator, sets: tuple[Tensor, ...]) -> Tensor:
    """Outputs for the test images with the shortest and with the ridge solution, shape (2, test images, classes)."""
    x, labels, test = sets
    chosen = torch.randperm(len(x), generator=generator)[: config.samples]
    wrong = torch.rand(config.samples, generator=generator) < config.wrong
    drawn = labels[chosen].where(~wrong, torch.randint(10, (config.samples,), generator=generator))
    y = F.one_hot(drawn, 10).double()
    frequencies = config.frequency * torch.randn(x.shape[1], features, generator=generator, dtype=torch.float64)
    phases = 2 * torch.pi * torch.rand(features, generator=generator, dtype=torch.float64)
    hidden, test_hidden = (2**0.5 * (part @ frequencies + phases).cos() for part in (x[chosen], test))
    mean = y.mean(0)
    weights = ridge(hidden, y - mean, torch.tensor([0.0, config.penalty], dtype=torch.float64))
    return test_hidden @ weights + mean


def run(config: Config) -> Run:
    started = time.time()
    (train, labels), (test, test_labels) = data.digits("train"), data.digits("test")
    x, test = (images.flatten(1).double() / 16 for images in (train, test))
    sets = (x, labels, test)
    truth = F.one_hot(test_labels, 10).double()
    names = ("shortest", "ridge")
    series = {f"{name}_{what}": [] for name in names for what in ("error", "accuracy", "bias", "variance")}
    for seed in progress(config.seeds, "seeds"):
        rows = {name: [] for name in series}
        for features in config.features:
            generator = torch.Generator().manual_seed(1000 * seed + features)
            drawn = [predictions(config, features, generator, sets) for _ in range(config.draws)]
            for name, outputs in zip(names, torch.stack(drawn, dim=1), strict=True):
                rows[f"{name}_error"].append((outputs - truth).square().sum(-1).mean(1).median())  # rare ones are huge
                rows[f"{name}_accuracy"].append((outputs.argmax(-1) == test_labels).double().mean())
                bias, variance = bias_variance(outputs, truth)
                rows[f"{name}_bias"].append(10 * bias)  # summed over the classes
                rows[f"{name}_variance"].append(10 * variance)
        for name, values in rows.items():
            series[name].append(values)
    widest = {f"{name}_last": [row[-1] for row in rows] for name, rows in series.items()}
    at_threshold = [row[config.features.index(config.samples)] for row in series["shortest_error"]]
    few = [min(row[: config.features.index(config.samples)]) for row in series["shortest_error"]]
    results = widest | {"shortest_error_threshold": at_threshold, "shortest_error_few": few}
    return record(config, started, series=series, results=results, data="digits")


def smoke() -> Run:
    return run(Config(samples=20, features=(5, 20, 40), draws=2, seeds=(0, 1)))
