"""Two spirals, told apart by networks of growing depth: linear layers only, and ReLU between them."""

import math
import time
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from dlnotes.experiments import progress, record
from dlnotes.runs import Run


@dataclass(frozen=True)
class Config:
    samples: int = 300  # a spiral, for training and again for testing
    turns: float = 1.25  # of each spiral
    noise: float = 0.03  # standard deviation of the points; the spirals have the radius 1
    width: int = 12  # units of a hidden layer
    linear_layers: int = 3  # of the network without activations
    hidden: tuple[int, ...] = (1, 2, 3)  # hidden layers of the networks with ReLU
    steps: int = 2500  # of Adam, all samples at once
    lr: float = 0.01
    grid: int = 41  # points a side, on which the classes are recorded, from -1.2 to 1.2
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6, 7)  # points and initial weights
    device: str = "cuda"


CPU = Config(seeds=(0, 1, 2, 3, 4), device="cpu")


def spirals(config: Config, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Points of two spirals around 0, one turned by half a turn, and which spiral they are of."""
    radius = torch.rand(2 * config.samples, generator=generator).sqrt()
    label = torch.arange(2 * config.samples) % 2
    angle = 2 * math.pi * config.turns * radius + math.pi * label
    points = torch.stack([radius * angle.cos(), radius * angle.sin()], dim=1)
    return points + config.noise * torch.randn(points.shape, generator=generator), label


def network(config: Config, hidden: int, activation: type[nn.Module]) -> nn.Sequential:
    widths = [2, *[config.width] * hidden]
    layers = [module for fan_in, fan_out in pairwise(widths) for module in (nn.Linear(fan_in, fan_out), activation())]
    return nn.Sequential(*layers, nn.Linear(widths[-1], 2))


def run(config: Config) -> Run:
    started = time.time()
    kinds = {"linear": (config.linear_layers - 1, nn.Identity)}
    kinds |= {f"relu_{hidden}": (hidden, nn.ReLU) for hidden in config.hidden}
    line = torch.linspace(-1.2, 1.2, config.grid, device=config.device)
    grid = torch.cartesian_prod(line, line)
    series, results = {}, {f"{name}_accuracy": [] for name in kinds}
    for seed in progress(config.seeds):
        generator = torch.Generator().manual_seed(seed)
        (x, y), (test_x, test_y) = ([t.to(config.device) for t in spirals(config, generator)] for _ in range(2))
        for name, (hidden, activation) in kinds.items():
            torch.manual_seed(seed)
            model = network(config, hidden, activation).to(config.device)
            optimizer = torch.optim.Adam(model.parameters(), lr=config.lr)
            for _ in range(config.steps):
                optimizer.zero_grad()
                F.cross_entropy(model(x), y).backward()
                optimizer.step()
            with torch.no_grad():
                results[f"{name}_accuracy"].append((model(test_x).argmax(dim=1) == test_y).double().mean().item())
                if seed == config.seeds[0]:
                    series[f"{name}_class"] = model(grid).argmax(dim=1).view(config.grid, config.grid)
            if seed == config.seeds[0]:
                series |= {"x": test_x.round(decimals=3)[:200], "y": test_y[:200]}
    axes = {f"{name}_class": ["x1", "x2"] for name in kinds} | {"x": ["sample", "feature"], "y": ["sample"]}
    return record(config, started, series=series, results=results, axes=axes)


def smoke() -> Run:
    return run(Config(samples=20, width=3, hidden=(1,), steps=5, grid=3, seeds=(0, 1), device="cpu"))
