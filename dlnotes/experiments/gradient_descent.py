"""Penguins under gradient descent: scalings of a feature, critical points of an autoencoder, equivalent minima.

Only the networks whose hidden units are exchanged depend on the seed.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import torch
from torch import Tensor
from torch.nn import functional as F

from dlnotes import data
from dlnotes.experiments import record
from dlnotes.gradient_descent import SGD, gradient_descent, standardize
from dlnotes.runs import Run


@dataclass(frozen=True)
class Config:
    steps: int = 1000  # of gradient descent, in each scaling
    width: int = 2  # hidden units of the linear autoencoder of the four measurements
    tanh_units: int = 6  # hidden units of the network that tells the species
    lr: float = 0.5  # of that network
    network_steps: int = 300  # of gradient descent, all penguins at once
    points: int = 41  # on the line between two networks
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)  # initial weights of that network
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


def trained(x: Tensor, species: Tensor, config: Config, seed: int) -> list[Tensor]:
    """Weights and biases of a network of tanh units that tells the species from the measurements."""
    torch.manual_seed(seed)
    width, classes = config.tanh_units, int(species.max()) + 1
    layers = torch.nn.Linear(x.shape[1], width), torch.nn.Linear(width, classes)
    network = torch.nn.Sequential(layers[0], torch.nn.Tanh(), layers[1]).double()
    optimizer = SGD(network.parameters(), lr=config.lr)
    for _ in range(config.network_steps):
        optimizer.zero_grad()
        F.cross_entropy(network(x), species).backward()
        optimizer.step()
    return [parameter.detach() for parameter in network.parameters()]


def loss_between(start: list[Tensor], end: list[Tensor], x: Tensor, species: Tensor, points: int) -> list[float]:
    """Loss on the straight line in parameter space from one network to another."""
    losses = []
    for share in torch.linspace(0, 1, points, dtype=x.dtype):
        W1, b1, W2, b2 = (torch.lerp(a, b, share) for a, b in zip(start, end, strict=True))
        losses.append(F.cross_entropy(torch.tanh(x @ W1.T + b1) @ W2.T + b2, species).item())
    return losses


def run(config: Config) -> Run:
    started = time.time()
    measurements, species = data.penguins()
    flipper, mass = measurements[:, 2], measurements[:, 3] / 1000  # kg
    series = {
        f"{name}_excess": excess_loss(features, mass, config.steps) for name, features in designs(flipper).items()
    }
    axes = {name: ["step"] for name in series}
    scaled = standardize(measurements).features
    losses, indices = zip(*critical_points(scaled.T @ scaled / len(scaled), config.width), strict=True)
    series |= {"critical_loss": losses, "critical_index": indices}
    axes |= {"critical_loss": ["point"], "critical_index": ["point"]}
    networks = [trained(scaled, species, config, seed) for seed in config.seeds]
    exchanged = [[W1.roll(1, 0), b1.roll(1, 0), W2.roll(1, 1), b2] for W1, b1, W2, b2 in networks]
    series["exchanged_loss"] = [
        loss_between(start, end, scaled, species, config.points) for start, end in zip(networks, exchanged, strict=True)
    ]
    results = {
        "end_loss": [line[0] for line in series["exchanged_loss"]],
        "highest_loss": [max(line) for line in series["exchanged_loss"]],
    }
    return record(config, started, series=series, results=results, axes=axes, data="penguins")


def smoke() -> Run:
    return run(Config(steps=20, network_steps=5, points=3, seeds=(0, 1)))
