"""Bill depth and body mass of the penguins, and gradient descent on both: in their units and standardised.

Least squares with the centred features, target 1 for Gentoos and 0 for others, centred as well.
"""

import time
from dataclasses import dataclass

import torch
from torch import Tensor

from dlnotes.data import penguins
from dlnotes.experiments import record
from dlnotes.gradient_descent import condition_number, gradient_descent, standardize
from dlnotes.runs import Run


@dataclass(frozen=True)
class Config:
    grams: float = 100.0  # unit of the mass
    steps: int = 12  # of gradient descent from zero
    share: float = 0.9  # step size as a share of the stability limit 2 / λ_max
    seeds: tuple[int, ...] = (0,)  # nothing is random
    device: str = "cpu"


CPU = Config()


def descend(features: Tensor, target: Tensor, config: Config) -> tuple[Tensor, Tensor, Tensor]:
    """Hessian, minimum, and the points of gradient descent."""
    hessian = features.T @ features / len(features)
    best = torch.linalg.solve(hessian, features.T @ target / len(features))

    def loss(w: Tensor) -> Tensor:
        return 0.5 * (features @ w - target).square().mean()

    lr = config.share * 2 / torch.linalg.eigvalsh(hessian)[-1]
    return hessian, best, gradient_descent(loss, torch.zeros_like(best), lr, config.steps)


def run(config: Config) -> Run:
    started = time.time()
    measurements, species = penguins()
    raw = torch.stack([measurements[:, 1], measurements[:, 3] / config.grams], dim=1)
    target = (species == 2).double()
    target = target - target.mean()
    series = {"features": raw, "species": species}
    results = {}
    for name, features in (("raw", raw - raw.mean(0)), ("standardised", standardize(raw).features)):
        hessian, best, points = descend(features, target, config)
        series |= {f"{name}_hessian": hessian, f"{name}_best": best, f"{name}_points": points}
        results[f"{name}_kappa"] = condition_number(hessian)[None]
    axes = {name: [f"axis{k}" for k in range(value.ndim)] for name, value in series.items()}
    return record(config, started, series=series, results=results, axes=axes, data="penguins")


def smoke() -> Run:
    """The run itself: it takes a fraction of a second."""
    return run(CPU)
