"""A disc in a ring: a linear classifier on the coordinates, on polar coordinates, and on learned features."""

import math
import time
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from dlnotes.experiments import progress, record
from dlnotes.runs import Run


@dataclass(frozen=True)
class Config:
    samples: int = 800  # of each of the two: for training and for testing
    units: tuple[int, ...] = (2, 3)  # tanh units of the learned features
    steps: int = 600  # full-batch steps of Adam
    lr: float = 0.03
    shown: int = 150  # points kept for the figure
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6, 7, 8, 9)
    device: str = "cpu"


def rings(count: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Polar coordinates (radius, angle) and classes: 0 within, 1 around."""
    labels = torch.randint(2, (count,), generator=generator)
    radius = 1 + 1.5 * labels + 0.2 * torch.randn(count, generator=generator)
    angle = 2 * math.pi * torch.rand(count, generator=generator)
    return torch.stack([radius, angle], dim=1), labels


def cartesian(polar: Tensor) -> Tensor:
    radius, angle = polar.T
    return torch.stack([radius * angle.cos(), radius * angle.sin()], dim=1)


def fit(model: nn.Module, x: Tensor, labels: Tensor, config: Config) -> nn.Module:
    optimizer = torch.optim.Adam(model.parameters(), lr=config.lr)
    for _ in range(config.steps):
        optimizer.zero_grad()
        cross_entropy(model(x), labels).backward()
        optimizer.step()
    return model


def network(units: int) -> nn.Sequential:
    return nn.Sequential(nn.Linear(2, units), nn.Tanh(), nn.Linear(units, 2))


def run(config: Config) -> Run:
    """Fits every classifier once per seed and measures it on new points."""
    started = time.time()
    found = {name: [] for name in ("cartesian", "polar", *(f"learned_{units}" for units in config.units))}
    for seed in progress(config.seeds, "seeds"):
        generator = torch.Generator().manual_seed(seed)
        torch.manual_seed(seed)  # initial weights
        polar, labels = (part.to(config.device) for part in rings(config.samples, generator))
        test_polar, test_labels = (part.to(config.device) for part in rings(config.samples, generator))
        models = {"cartesian": nn.Linear(2, 2), "polar": nn.Linear(2, 2)}
        models |= {f"learned_{units}": network(units) for units in config.units}
        for name, model in models.items():
            view = (lambda points: points) if name == "polar" else cartesian
            fit(model.to(config.device), view(polar), labels, config)
            with torch.no_grad():
                found[name].append((model(view(test_polar)).argmax(1) == test_labels).float().mean())
        if seed == config.seeds[0]:
            points, classes = test_polar[: config.shown], test_labels[: config.shown]
            with torch.no_grad():
                features = models[f"learned_{config.units[-1]}"][:2](cartesian(points))
                weights = models[f"learned_{config.units[-1]}"][2].weight.diff(dim=0)
    return record(
        config,
        started,
        series={"points": points, "classes": classes, "features": features, "weights": weights[0]},
        results={name: torch.stack(values) for name, values in found.items()},
        axes={
            "points": ["point", "radius and angle"],
            "classes": ["point"],
            "features": ["point", "unit"],
            "weights": ["unit"],
        },
    )


def smoke() -> Run:
    """Few points and steps, two seeds."""
    return run(Config(samples=100, steps=50, shown=20, seeds=(0, 1)))
