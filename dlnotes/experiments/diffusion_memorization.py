"""Does a denoiser memorise? Distance of its samples to the training points, by their number and the training time.

A stack of networks: one for each number of training points and seed. Distances are medians, divided by those of fresh
points of the same distribution: 1 means as far from the training points as unseen data, 0 means copies.
"""

import time
from dataclasses import dataclass

import torch
from torch import Tensor

from dlnotes.diffusion import Preconditioned, denoising_loss, noise_levels, ode_step, posterior_mean, sample
from dlnotes.experiments import progress, record
from dlnotes.experiments._diffusion import Network, moons, nearest, normal
from dlnotes.runs import Run


@dataclass(frozen=True)
class Config:
    counts: tuple[int, ...] = (4, 16, 64, 256, 1024)  # training points
    hidden: int = 128  # units of each of three layers
    measured: tuple[int, ...] = (300, 1000, 3000, 10000, 30000)  # steps after which samples are drawn
    batch: int = 512  # samples a step, drawn with replacement
    lr: float = 1e-3  # of Adam
    sigma_max: float = 20.0
    sigma_min: float = 0.002
    levels: int = 40  # steps of the sampler
    points: int = 500  # samples that are judged
    shown: int = 150  # samples kept for the figure
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    device: str = "cuda"


CPU = Config(hidden=64, measured=(150, 500, 1500, 5000), batch=128, device="cpu")


def relative_distance(x: Tensor, train: list[Tensor], fresh: Tensor) -> Tensor:
    """Median distance to the training points, divided by that of fresh points; one number a network."""
    return torch.stack(
        [nearest(points, data).median() / nearest(fresh, data).median() for points, data in zip(x, train, strict=True)]
    )


def run(config: Config) -> Run:
    """Trains all networks at once and samples from each after the given numbers of steps; also from the exact score."""
    started = time.time()
    torch.manual_seed(0)  # noise of the loss
    seeds, counts = len(config.seeds), config.counts
    generators = [torch.Generator().manual_seed(seed) for seed in config.seeds for _ in counts]
    train = [moons(count, g).to(config.device) for g, count in zip(generators, counts * seeds, strict=True)]
    fresh = moons(config.points, torch.Generator().manual_seed(1000)).to(config.device)
    levels = noise_levels(config.sigma_max, config.sigma_min, config.levels)
    start = config.sigma_max * normal(generators, config.points, 2).to(config.device)

    model = Preconditioned(Network(config.hidden, generators), data_std=1.0).to(config.device)
    optimizer = torch.optim.Adam(model.parameters(), lr=config.lr)
    curves, shown = [], {}
    for step in progress(range(1, max(config.measured) + 1), "steps"):
        x0 = torch.stack([data[torch.randint(len(data), (config.batch,), device=data.device)] for data in train])
        sigma = (1.8 * torch.randn(len(train), config.batch, 1, device=config.device) - 1.2).exp()
        loss = denoising_loss(model, x0, sigma, model.weight(sigma)).mean(-1)
        optimizer.zero_grad()
        loss.sum().backward()
        optimizer.step()
        if step in config.measured:
            with torch.no_grad():
                x = sample(ode_step, model, start, levels)
            curves.append(relative_distance(x, train, fresh))
    exact = [
        sample(ode_step, lambda x, sigma, data=data: posterior_mean(x, data, sigma), points, levels)
        for points, data in zip(start, train, strict=True)
    ]
    distance = torch.stack(curves, dim=1).view(seeds, len(counts), -1)
    exact_distance = relative_distance(torch.stack(exact), train, fresh).view(seeds, -1)
    for place, count in enumerate(counts):
        shown[f"samples_{count}"] = x[place, : config.shown]
        shown[f"train_{count}"] = train[place][: config.shown]
    return record(
        config,
        started,
        series={"distance": distance, "exact": exact_distance, **shown},
        results={f"distance_{count}": distance[:, place, -1] for place, count in enumerate(counts)}
        | {f"exact_{count}": exact_distance[:, place] for place, count in enumerate(counts)},
        axes={"distance": ["seed", "count", "measurement"], "exact": ["seed", "count"]}
        | {name: ["point", "coordinate"] for name in shown},
    )


def smoke() -> Run:
    """Few steps of two seeds."""
    return run(Config(counts=(4, 16), hidden=8, measured=(5, 10), batch=16, points=20, seeds=(0, 1), device="cpu"))
