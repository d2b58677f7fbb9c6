"""How well ReLU networks with one hidden layer approximate a curve: trained, and made by hand with as many units."""

import math
import time
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from dlnotes.experiments import progress, record
from dlnotes.multilayer_perceptron import curve, interpolation_network, mlp
from dlnotes.runs import Run


@dataclass(frozen=True)
class Config:
    widths: tuple[int, ...] = (4, 8, 16, 32, 64)  # hidden units
    samples: int = 256  # evenly spaced points on [0, 1], all in every step
    dense: int = 2001  # points on which the largest error is sought
    steps: int = 4000  # of Adam
    lr: float = 0.01  # at the start; falls to 0 by a cosine
    curve_width: int = 16  # the width whose functions are recorded
    curve_points: int = 101
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6, 7)  # initial weights
    device: str = "cpu"


def initial(width: int, seed: int) -> list[Tensor]:
    """Slopes and kinks of the units, weights and bias of the output. Kinks are spread over the interval."""
    generator = torch.Generator().manual_seed(seed)
    slope = torch.randn(width, generator=generator) * math.sqrt(2)
    kink = torch.rand(width, generator=generator)
    return [slope, -slope * kink, torch.randn(width, generator=generator) / math.sqrt(width), torch.zeros(())]


def outputs(x: Tensor, parameters: list[Tensor]) -> Tensor:
    """Values of a batch of networks at the points x: shape (networks, points)."""
    slope, offset, weight, bias = parameters
    hidden = F.relu(slope.unsqueeze(-1) * x + offset.unsqueeze(-1))
    return torch.einsum("nu,nup->np", weight, hidden) + bias.unsqueeze(-1)


def train(config: Config, width: int) -> list[Tensor]:
    """The networks of all seeds, trained side by side."""
    x = torch.linspace(0, 1, config.samples, device=config.device)
    y = curve(x)
    networks = [initial(width, seed) for seed in config.seeds]
    parameters = [torch.stack(kind).to(config.device).requires_grad_() for kind in zip(*networks, strict=True)]
    optimizer = torch.optim.Adam(parameters, lr=config.lr)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, config.steps)
    for _ in progress(range(config.steps), f"{width} units"):
        optimizer.zero_grad()
        (outputs(x, parameters) - y).square().mean(dim=1).sum().backward()  # each network has its own gradient
        optimizer.step()
        schedule.step()
    return [parameter.detach() for parameter in parameters]


def by_hand(width: int, x: Tensor) -> Tensor:
    """The network that interpolates the curve at evenly spaced points."""
    knots = torch.linspace(0, 1, width + 1, dtype=x.dtype, device=x.device)
    return mlp(x.unsqueeze(1), *interpolation_network(knots, curve(knots))).squeeze(1)


def run(config: Config) -> Run:
    started = time.time()
    x = torch.linspace(0, 1, config.dense, dtype=torch.float64, device=config.device)
    errors, results = [], {}
    for width in config.widths:
        parameters = [parameter.double() for parameter in train(config, width)]
        errors.append((outputs(x, parameters) - curve(x)).abs().amax(dim=1))
        results[f"trained_error_{width}"] = errors[-1]
        if width == config.curve_width:
            points = torch.linspace(0, 1, config.curve_points, dtype=torch.float64, device=config.device)
            curves = outputs(points, parameters)
    constructed = [(by_hand(width, x) - curve(x)).abs().max().item() for width in config.widths]
    return record(
        config,
        started,
        series={"trained_error": torch.stack(errors, dim=1), "curves": curves, "constructed_error": constructed},
        results=results,
        axes={"constructed_error": ["width"]},
    )


def smoke() -> Run:
    return run(Config(widths=(2, 4), samples=9, dense=17, steps=5, curve_width=4, curve_points=5, seeds=(0, 1)))
