"""Adélie or gentoo penguin, by body mass and bill length: logistic regression on bootstrap resamples.

A seed is one resample: as many penguins, drawn with replacement. Newton's method fits each; gradient descent on masses
rounded to 100 g shows that cross entropy and divergence differ by a constant. The measurements themselves are kept in
the record, for the figures.
"""

import time
from dataclasses import dataclass

import torch
from torch import Tensor

from dlnotes import data
from dlnotes.experiments import progress, record
from dlnotes.logistic_regression import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    logistic_regression_gradient,
    logistic_regression_hessian,
    newton_logistic_regression,
    sigmoid,
)
from dlnotes.runs import Run

BILL_LENGTH, BODY_MASS = 0, 3  # columns of data.PENGUIN_MEASUREMENTS


@dataclass(frozen=True)
class Config:
    steps: int = 4096  # of gradient descent; measured at 0 and at the powers of two
    lr: float = 1.0
    newton_steps: int = 8
    seeds: tuple[int, ...] = tuple(range(40))  # one resample each
    device: str = "cpu"


def run(config: Config) -> Run:
    """Weights (bias, per kg, per mm) and their standard errors by the Hessian; the loss along both methods."""
    started = time.time()
    measurements, species = (part.to(config.device) for part in data.penguins())
    chosen = species != data.PENGUIN_SPECIES.index("Chinstrap")
    mass, length = measurements[chosen, BODY_MASS] / 1000, measurements[chosen, BILL_LENGTH]
    label = (species[chosen] == data.PENGUIN_SPECIES.index("Gentoo")).to(mass.dtype)
    features = torch.stack([torch.ones_like(mass), mass, length], dim=-1)

    rows = [torch.randint(len(label), label.shape, generator=torch.Generator().manual_seed(s)) for s in config.seeds]
    x, y = features[torch.stack(rows)], label[torch.stack(rows)]
    by_mass, weights = newton_logistic_regression(x[..., :2], y), newton_logistic_regression(x, y)
    errors = torch.linalg.inv(len(label) * logistic_regression_hessian(x, weights)).diagonal(dim1=-2, dim2=-1).sqrt()

    scaled = torch.cat([x[..., :1], _standardised(x[..., 1:])], dim=-1)
    curves = {"newton_loss": _newton(scaled, y, config), "descent_loss": _descent(scaled, y, config)}
    grouped = [_grouped(mass[row], label[row], config) for row in progress(rows, "resamples")]
    curves |= {name: torch.stack([group[name] for group in grouped]) for name in grouped[0]}
    penguins = {"body_mass": mass, "bill_length": length, "gentoo": label}
    names = ("bias", "per_kg", "per_mm")
    return record(
        config,
        started,
        series={"by_mass": by_mass, "weights": weights} | curves | penguins,
        results={name: weights[:, i] for i, name in enumerate(names)}
        | {f"error_{name}": errors[:, i] for i, name in enumerate(names)}
        | {"loss": _loss(x, y, weights)},
        data="penguins",
        axes={name: ["penguin"] for name in penguins},
    )


def smoke() -> Run:
    """Two resamples."""
    return run(Config(steps=64, seeds=(0, 1)))


def _newton(x: Tensor, y: Tensor, config: Config) -> Tensor:
    """Loss before and after every Newton step, shape (seeds, steps + 1)."""
    weight = x.new_zeros(x.shape[0], x.shape[2])
    losses = [_loss(x, y, weight)]
    for _ in range(config.newton_steps):
        gradient = logistic_regression_gradient(x, y, weight)
        weight = weight - torch.linalg.solve(logistic_regression_hessian(x, weight), gradient)
        losses.append(_loss(x, y, weight))
    return torch.stack(losses, dim=-1)


def _descent(x: Tensor, y: Tensor, config: Config) -> Tensor:
    """Loss of gradient descent at step 0 and at the powers of two, shape (seeds, measurements)."""
    return torch.stack([_loss(x, y, weight) for weight in _path(x, y, config)], dim=-1)


def _grouped(mass: Tensor, label: Tensor, config: Config) -> dict[str, Tensor]:
    """Cross entropy and divergence along gradient descent, masses rounded to 100 g so that shares are known."""
    rounded = (10 * mass).round() / 10
    _, place, count = rounded.unique(return_inverse=True, return_counts=True)
    share = torch.zeros_like(count, dtype=mass.dtype).index_add(0, place, label) / count  # of gentoos at each mass
    x = torch.stack([torch.ones_like(mass), _standardised(rounded.unsqueeze(-1)).squeeze(-1)], dim=-1)
    entropy = binary_cross_entropy(share, share, reduction="none")
    first = torch.stack([(place == j).nonzero()[0, 0] for j in range(len(count))])  # one penguin of each mass

    cross_entropy, divergence = [], []
    entropy = binary_cross_entropy(share, share, reduction="none")
    for weight in _path(x, label, config):
        probs = sigmoid(x[first] @ weight)
        cross_entropy.append(binary_cross_entropy_with_logits(x @ weight, label))
        gaps = binary_cross_entropy(probs, share, reduction="none") - entropy  # one divergence a mass
        divergence.append((count * gaps).sum() / len(label))
    return {"cross_entropy": torch.stack(cross_entropy), "divergence": torch.stack(divergence)}


def _path(x: Tensor, y: Tensor, config: Config):
    """Weights of gradient descent from 0, at step 0 and at the powers of two."""
    weight = x.new_zeros(*x.shape[:-2], x.shape[-1])
    yield weight
    for step in range(1, config.steps + 1):
        weight = weight - config.lr * logistic_regression_gradient(x, y, weight)
        if step & (step - 1) == 0:
            yield weight


def _loss(x: Tensor, y: Tensor, weight: Tensor) -> Tensor:
    return binary_cross_entropy_with_logits((x @ weight.unsqueeze(-1)).squeeze(-1), y, reduction="none").mean(-1)


def _standardised(x: Tensor) -> Tensor:
    return (x - x.mean(-2, keepdim=True)) / x.std(-2, keepdim=True)
