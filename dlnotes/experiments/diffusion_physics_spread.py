"""Random walks in one, two and three dimensions: how far the walkers get."""

import time
from dataclasses import dataclass

import torch
from torch import Tensor

from dlnotes.experiments import progress, record
from dlnotes.runs import Run


@dataclass(frozen=True)
class Config:
    dimensions: tuple[int, ...] = (1, 2, 3)
    hop: float = 0.1  # length of a hop along every coordinate
    interval: float = 0.01  # time between two hops
    hops: int = 400
    walkers: int = 20_000
    points: int = 20  # times at which distances are recorded
    shown: int = 250  # walkers in the plane kept for the figure
    moments: tuple[int, ...] = (16, 100, 400)  # hops after which they are shown
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    device: str = "cpu"


CPU = Config()


def walk(dimension: int, config: Config, generator: torch.Generator) -> Tensor:
    """Positions of all walkers after every hop, shape (hops, walkers, dimension); each hop is ±h along every axis."""
    shape = config.hops, config.walkers, dimension
    hops = torch.randint(2, shape, generator=generator, device=config.device, dtype=torch.int16) * 2 - 1
    return config.hop * hops.cumsum(dim=0)


def run(config: Config) -> Run:
    """Walks in every dimension once per seed."""
    started = time.time()
    kept = torch.linspace(config.hops / config.points, config.hops, config.points).round().long()
    series, results = {"times": kept * config.interval}, {}
    for seed in progress(config.seeds, "seeds"):
        generator = torch.Generator(config.device).manual_seed(seed)
        for dimension in config.dimensions:
            positions = walk(dimension, config, generator)
            squares = positions[kept - 1].square().sum(dim=2).mean(dim=1)
            series.setdefault(f"square_{dimension}", []).append(squares)
            variance = positions[-1].var(dim=0).mean()
            results.setdefault(f"square_{dimension}", []).append(squares[-1])
            results.setdefault(f"variance_{dimension}", []).append(variance)
            if seed == config.seeds[0] and dimension == 2:
                series["cloud"] = positions[[hops - 1 for hops in config.moments], : config.shown]
    axes = {"times": ["time"], "cloud": ["time", "walker", "coordinate"]}
    return record(config, started, series=series, results=results, axes=axes)


def smoke() -> Run:
    """Few walkers, two seeds."""
    return run(Config(hops=50, walkers=100, points=5, shown=20, moments=(10, 50), seeds=(0, 1)))
