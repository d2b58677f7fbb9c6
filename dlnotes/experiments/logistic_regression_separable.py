"""Gradient descent on classes that a line separates: Adélie and gentoo penguins by bill length and bill depth.

The features are standardised and the classifier has no bias, so that a direction is an angle and the direction of the
largest margin is found by trying all. A seed draws the initial weights.
"""

import math
import time
from dataclasses import dataclass

import torch
from torch import Tensor

from dlnotes import data
from dlnotes.experiments import progress, record
from dlnotes.logistic_regression import binary_cross_entropy_with_logits, logistic_regression_gradient
from dlnotes.runs import Run

BILL_LENGTH, BILL_DEPTH = 0, 1  # columns of data.PENGUIN_MEASUREMENTS


@dataclass(frozen=True)
class Config:
    steps: int = 2**20  # of gradient descent; measured at the powers of two
    lr: float = 4.0  # a step below 2 over the largest curvature
    weight_decay: float = 1e-3  # of the runs beside those without
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    device: str = "cuda"


CPU = Config(steps=2**18, device="cpu")


def run(config: Config) -> Run:
    """Norm, smallest margin and loss of the weights, without and with weight decay; and the largest margin there is."""
    started = time.time()
    x, y = _penguins(config)
    sign = 2 * y - 1
    direction, margin = _largest_margin(sign.unsqueeze(-1) * x)
    generators = [torch.Generator().manual_seed(seed) for seed in config.seeds]
    start = torch.stack([torch.randn(2, generator=generator) for generator in generators]).to(x)
    decay = torch.tensor([0.0, config.weight_decay], dtype=x.dtype, device=x.device)[:, None, None]

    weight = start.expand(2, *start.shape).clone()  # (decay, seeds, features)
    samples, labels = x.expand(*weight.shape[:2], *x.shape), y.expand(*weight.shape[:2], *y.shape)
    measured = []
    for step in progress(range(1, config.steps + 1), "steps"):
        weight = weight - config.lr * (logistic_regression_gradient(samples, labels, weight) + decay * weight)
        if step & (step - 1) == 0:
            measured.append(_measure(weight, x, y, sign, direction))

    series = {}
    for index, name in enumerate(("plain", "decayed")):
        for quantity in measured[0]:
            values = torch.stack([m[quantity][index] for m in measured], dim=-1)
            series[f"{quantity}_{name}"] = values
    penguins = {"bill_length": x[:, 0], "bill_depth": x[:, 1], "gentoo": y, "direction": direction}
    seeds = len(config.seeds)
    return record(
        config,
        started,
        series=series | penguins | {"weights": weight[0]},
        results={
            "largest_margin": [margin.item()] * seeds,
            "margin": series["margin_plain"][:, -1],
            "norm": series["norm_plain"][:, -1],
            "growth_limit": [1 / margin.item()] * seeds,  # of the norm, by the logarithm of the time
            "norm_growth": (series["norm_plain"][:, -1] - series["norm_plain"][:, -5]) / math.log(16),
            "norm_decayed": series["norm_decayed"][:, -1],
            "angle": series["angle_plain"][:, -1],
        },
        data="penguins",
        axes={name: ["penguin"] for name in penguins if name != "direction"} | {"direction": ["feature"]},
    )


def smoke() -> Run:
    """The same code for a few steps."""
    return run(Config(steps=2**8, seeds=(0, 1), device="cpu"))


def _penguins(config: Config) -> tuple[Tensor, Tensor]:
    """Standardised bill length and depth, and 1 for gentoos."""
    measurements, species = (part.to(config.device) for part in data.penguins())
    chosen = species != data.PENGUIN_SPECIES.index("Chinstrap")
    x = measurements[chosen][:, [BILL_LENGTH, BILL_DEPTH]]
    label = species[chosen] == data.PENGUIN_SPECIES.index("Gentoo")
    return (x - x.mean(0)) / x.std(0), label.to(x.dtype)


def _largest_margin(signed: Tensor) -> tuple[Tensor, Tensor]:
    """The unit vector whose smallest inner product with the signed samples is largest, by two grids of angles."""
    centre, width = 0.0, math.pi
    for _ in range(4):
        angles = centre + width * torch.linspace(-1, 1, 4001, dtype=signed.dtype, device=signed.device)
        directions = torch.stack([angles.cos(), angles.sin()], dim=-1)
        margins = (directions @ signed.T).amin(-1)
        best = margins.argmax()
        centre, width = angles[best].item(), width / 1000
    return directions[best], margins[best]


def _measure(weight: Tensor, x: Tensor, y: Tensor, sign: Tensor, direction: Tensor) -> dict[str, Tensor]:
    """Of weights (decay, seeds, features): norm, smallest signed distance, loss in nats, angle in degrees."""
    z, norm = weight @ x.T, weight.norm(dim=-1)
    loss = binary_cross_entropy_with_logits(z, y.expand_as(z), reduction="none").mean(-1)
    cosine = (weight @ direction / norm).clamp(-1, 1)
    return {"norm": norm, "margin": (sign * z).amin(-1) / norm, "loss": loss, "angle": cosine.acos().rad2deg()}
