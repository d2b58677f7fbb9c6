"""Deep linear networks that leave the saddle at zero: plateaus of the loss, and how long the first one lasts."""

import math
import time
from dataclasses import dataclass

import torch
from torch import Tensor

from dlnotes.experiments import progress, record
from dlnotes.runs import Run


@dataclass(frozen=True)
class Config:
    width: int = 8  # of every layer, and of inputs and outputs
    strengths: tuple[float, ...] = (4.0, 2.0, 1.0)  # singular values of the map that is to be learned
    two: tuple[float, ...] = (0.3, 0.1, 0.03, 0.01, 0.003, 0.001)  # scales of the initial weights of two layers
    three: tuple[float, ...] = (0.3, 0.1, 0.03, 0.01)  # of three layers
    four: tuple[float, ...] = (0.3, 0.1, 0.06, 0.04)  # of four
    lr: float = 0.01
    max_time: float = 1000.0  # learning rate times steps after which a run is given up
    curve: float = 10.0  # length of the recorded loss curves, in the same time
    curve_scales: tuple[float, ...] = (0.1, 0.001)  # of the two layers whose curves are recorded
    points: int = 100  # of a curve
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)  # initial weights
    device: str = "cpu"


CPU = Config()


def initial(depth: int, scale: float, config: Config) -> list[Tensor]:
    """Gaussian weights whose singular values are of the order of the scale; each layer stacked over the seeds."""
    drawn = []
    for seed in config.seeds:
        generator = torch.Generator().manual_seed(seed)
        shape = depth, config.width, config.width
        drawn.append(scale * config.width**-0.5 * torch.randn(shape, generator=generator, dtype=torch.float64))
    return list(torch.stack(drawn, dim=1).to(config.device))


def target(config: Config) -> Tensor:
    """A diagonal map with the singular values wanted; by symmetry the directions do not matter."""
    values = torch.zeros(config.width, dtype=torch.float64)
    values[: len(config.strengths)] = torch.tensor(config.strengths, dtype=torch.float64)
    return values.diag().to(config.device)


def product(weights: list[Tensor]) -> Tensor:
    """The map of the whole network."""
    total = weights[0]
    for weight in weights[1:]:
        total = weight @ total
    return total


def step(weights: list[Tensor], wanted: Tensor, lr: float) -> Tensor:
    """One step of gradient descent in place; returns the losses before it, one a seed."""
    leaves = [weight.requires_grad_() for weight in weights]
    loss = 0.5 * (product(leaves) - wanted).square().sum(dim=(-2, -1))
    gradients = torch.autograd.grad(loss.sum(), leaves)
    with torch.no_grad():
        for weight, gradient in zip(leaves, gradients, strict=True):
            weight.sub_(lr * gradient)
    return loss.detach()


def escape_times(depth: int, scale: float, config: Config) -> Tensor:
    """Time until the strongest mode is half learned: the loss has fallen by three quarters of its share."""
    weights, wanted = initial(depth, scale, config), target(config)
    threshold = 0.5 * (wanted.square().sum() - 0.75 * wanted.max() ** 2)
    times = torch.full((len(config.seeds),), float("nan"), dtype=torch.float64)
    for count in range(round(config.max_time / config.lr)):
        left = step(weights, wanted, config.lr) < threshold
        times = torch.where(left.cpu() & times.isnan(), count * config.lr, times)
        if not times.isnan().any():
            return times
    raise ArithmeticError(f"{depth} layers of scale {scale} did not leave the plateau within {config.max_time}")


def exponent(times: list[Tensor], scales: tuple[float, ...]) -> Tensor:
    """Slope of the logarithm of the time against that of the scale, between the two smallest scales, one a seed."""
    return (times[-1] / times[-2]).log() / math.log(scales[-1] / scales[-2])


def loss_curve(scale: float, config: Config) -> Tensor:
    """Losses of two layers at equal times, shape (seeds, points + 1)."""
    weights, wanted = initial(2, scale, config), target(config)
    every = round(config.curve / config.lr / config.points)
    losses = [step(weights, wanted, config.lr) for _ in range(config.points * every + 1)]
    return torch.stack(losses[::every], dim=1)


def run(config: Config) -> Run:
    started = time.time()
    series, results = {}, {}
    for name, depth, scales in (("two", 2, config.two), ("three", 3, config.three), ("four", 4, config.four)):
        times = [escape_times(depth, scale, config) for scale in progress(scales, name)]
        series[f"{name}_escape"] = torch.stack(times, dim=1)
        results[f"{name}_longest"] = times[-1]
        if len(scales) > 1:
            results[f"{name}_exponent"] = exponent(times, scales)
    for scale, name in zip(config.curve_scales, ("large", "small"), strict=True):
        series[f"{name}_loss"] = loss_curve(scale, config)
    return record(config, started, series=series, results=results)


def smoke() -> Run:
    return run(Config(width=4, two=(0.3, 0.1), three=(0.3,), four=(0.5,), curve=1.0, points=5, seeds=(0, 1)))
