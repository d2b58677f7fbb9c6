"""Penguins by gradient descent in three scalings of a feature, and all critical points of a linear autoencoder.

Nothing is random: the starting points are fixed, and one seed stands for all.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import torch
from torch import Tensor

from dlnotes import data
from dlnotes.experiments import record
from dlnotes.gradient_descent import gradient_descent, standardize
from dlnotes.runs import Run


@dataclass(frozen=True)
class Config:
    steps: int = 1000  # of gradient descent, in each scaling
    width: int = 2  # hidden units of the linear autoencoder of the four measurements
    seeds: tuple[int, ...] = (0,)
    device: str = "cpu"


CPU = Config()


def designs(flipper: Tensor) -> dict[str, Tensor]:
    """A column of ones and the flipper length: in mm, with its mean subtracted, and standardised."""
    ones = torch.ones_like(flipper)
    columns = {
        "raw": flipper,
        "centred": flipper - flipper.mean(),
        "standardised": standardize(flipper[:, None]).features[:, 0],
    }
    return {name: torch.stack([ones, column], dim=1) for name, column in columns.items()}


def excess_loss(features: Tensor, target: Tensor, steps: int) -> Tensor:
    """Loss above its minimum at every step of gradient descent from zero, with step size 1 / λ_max."""

    def loss(parameters: Tensor) -> Tensor:
        return 0.5 * (features @ parameters - target).square().mean()

    hessian = features.T @ features / len(features)
    best = torch.linalg.lstsq(features, target[:, None]).solution[:, 0]
    lr = 1 / torch.linalg.eigvalsh(hessian)[-1].item()
    points = gradient_descent(loss, torch.zeros_like(best), lr, steps)
    errors = points - best
    return 0.5 * torch.einsum("ti,ij,tj->t", errors, hessian, errors)  # exact where the loss would lose its digits


def critical_points(covariance: Tensor, width: int) -> Iterator[tuple[float, int]]:
    """Loss and number of negative eigenvalues of the Hessian, at every critical point of a linear autoencoder.

    Baldi and Hornik (1989): up to an invertible matrix between the layers, a critical point projects on some of the
    eigenvectors of the covariance, at most one a hidden unit.
    """
    features, eigenvectors = len(covariance), torch.linalg.eigh(covariance).eigenvectors

    def loss(parameters: Tensor) -> Tensor:
        encoder, decoder = parameters.view(2, width, features)
        residual = torch.eye(features, dtype=covariance.dtype) - decoder.T @ encoder
        return 0.5 * (residual @ covariance @ residual.T).trace()

    for size in range(width + 1):
        for subset in combinations(range(features), size):
            layer = torch.zeros(width, features, dtype=covariance.dtype)
            layer[:size] = eigenvectors[:, list(subset)].T
            point = torch.cat([layer, layer]).flatten()
            if torch.func.grad(loss)(point).abs().max() > 1e-12:
                raise ArithmeticError(f"the projection on the eigenvectors {subset} is no critical point")
            eigenvalues = torch.linalg.eigvalsh(torch.func.hessian(loss)(point))
            yield loss(point).item(), int((eigenvalues < -1e-9).sum())


def run(config: Config) -> Run:
    started = time.time()
    measurements, _ = data.penguins()
    flipper, mass = measurements[:, 2], measurements[:, 3] / 1000  # kg
    series = {
        f"{name}_excess": [excess_loss(features, mass, config.steps)] for name, features in designs(flipper).items()
    }
    scaled = standardize(measurements).features
    losses, indices = zip(*critical_points(scaled.T @ scaled / len(scaled), config.width), strict=True)
    series |= {"critical_loss": [losses], "critical_index": [indices]}
    results = {f"{name}_final": [excess[0][-1]] for name, excess in series.items() if name.endswith("excess")}
    return record(config, started, series=series, results=results, data="penguins")


def smoke() -> Run:
    return run(Config(steps=20))
