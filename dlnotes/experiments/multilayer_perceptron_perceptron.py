"""Mistakes of the perceptron on separable samples, against the margin, beside the bound of Novikoff."""

import time
from dataclasses import dataclass

import torch
from torch import Tensor

from dlnotes.experiments import progress, record
from dlnotes.multilayer_perceptron import mistake_bound, perceptron
from dlnotes.runs import Run


@dataclass(frozen=True)
class Config:
    samples: int = 200
    dimensions: tuple[int, ...] = (2, 20)  # of the samples, which lie on the unit sphere
    margins: tuple[float, ...] = (0.01, 0.02, 0.05, 0.1, 0.2, 0.4)  # smallest distance from the separating plane
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6, 7, 8, 9)  # the direction and the samples
    device: str = "cpu"


def separable(samples: int, dimension: int, margin: float, generator: torch.Generator) -> tuple[Tensor, Tensor, Tensor]:
    """Unit vectors at least `margin` away from a random plane through 0, their sides, and the plane's unit normal."""

    def unit(count: int) -> Tensor:
        vectors = torch.randn(count, dimension, generator=generator, dtype=torch.float64)
        return vectors / vectors.norm(dim=1, keepdim=True)

    normal, kept = unit(1)[0], []
    while sum(map(len, kept)) < samples:
        candidates = unit(samples)
        kept.append(candidates[(candidates @ normal).abs() >= margin])
    points = torch.cat(kept)[:samples]
    return points, (points @ normal).sign(), normal


def run(config: Config) -> Run:
    started = time.time()
    shape = len(config.seeds), len(config.dimensions), len(config.margins)
    mistakes, bounds = torch.zeros(shape), torch.zeros(shape)
    for s, seed in enumerate(progress(config.seeds)):
        generator = torch.Generator().manual_seed(seed)
        for d, dimension in enumerate(config.dimensions):
            for m, margin in enumerate(config.margins):
                points, sides, normal = separable(config.samples, dimension, margin, generator)
                mistakes[s, d, m] = len(perceptron(points, sides, max_mistakes=100_000)) - 1
                bounds[s, d, m] = mistake_bound(points, sides, normal)
    return record(
        config,
        started,
        series={"mistakes": mistakes, "bound": bounds},
        results={"largest_share": (mistakes / bounds).flatten(1).amax(dim=1)},
    )


def smoke() -> Run:
    return run(Config(samples=10, dimensions=(2, 3), margins=(0.1, 0.4), seeds=(0, 1)))
