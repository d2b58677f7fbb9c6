"""A denoiser of two moons, several seeds as one stacked network; three samplers with few to many steps."""

import time
from copy import deepcopy
from dataclasses import dataclass

import torch
from torch import Tensor

from dlnotes.diffusion import (
    Preconditioned,
    denoising_loss,
    energy_distance,
    heun_step,
    noise_levels,
    ode_step,
    sample,
    sde_step,
)
from dlnotes.experiments import progress, record
from dlnotes.experiments._diffusion import Network, moons, normal
from dlnotes.runs import Run

SAMPLERS = {"sde": sde_step, "ode": ode_step, "heun": heun_step}


@dataclass(frozen=True)
class Config:
    hidden: int = 128  # units of each of three layers
    steps: int = 12000
    batch: int = 1024  # samples a step
    lr: float = 3e-3  # of Adam, falling to zero by a cosine
    decay: float = 0.995  # of the averaged parameters, a step
    sigma_max: float = 20.0  # first noise level; the data have unit variance
    sigma_min: float = 0.01  # last before 0
    points: int = 2000  # of each sample that is judged
    evaluations: tuple[int, ...] = (4, 8, 16, 32, 64, 128)  # of the network, per sample
    shown: int = 300  # points kept for the figure
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    device: str = "cuda"


CPU = Config(steps=2500, batch=256, hidden=96, device="cpu")


def train(config: Config, generators: list[torch.Generator]) -> tuple[Preconditioned, Tensor]:
    """The averaged denoisers, and the loss of every hundredth step, shape (seeds, measurements)."""
    model = Preconditioned(Network(config.hidden, generators), data_std=1.0).to(config.device)
    averaged = deepcopy(model)
    optimizer = torch.optim.Adam(model.parameters(), lr=config.lr)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, config.steps)
    losses = []
    for step in progress(range(config.steps), "steps"):
        x0 = torch.stack([moons(config.batch, generator) for generator in generators]).to(config.device)
        sigma = (1.6 * normal(generators, config.batch, 1) - 0.8).exp().to(config.device)
        loss = denoising_loss(model, x0, sigma, model.weight(sigma)).mean(-1)
        optimizer.zero_grad()
        loss.sum().backward()
        optimizer.step()
        schedule.step()
        with torch.no_grad():
            for average, parameter in zip(averaged.parameters(), model.parameters(), strict=True):
                average.lerp_(parameter, 1 - min(config.decay, (step + 1) / (step + 10)))
        if step % 100 == 0:
            losses.append(loss.detach())
    return averaged.requires_grad_(False), torch.stack(losses, dim=1)


def run(config: Config) -> Run:
    """Trains once per seed, then samples with every sampler and number of evaluations; fresh data is the yardstick."""
    started = time.time()
    torch.manual_seed(0)  # noise of the loss
    generators = [torch.Generator().manual_seed(seed) for seed in config.seeds]
    denoiser, losses = train(config, generators)
    fresh = [torch.Generator().manual_seed(1000 + seed) for seed in config.seeds]
    data, again = (torch.stack([moons(config.points, g) for g in fresh]).to(config.device) for _ in range(2))
    start = normal(fresh, config.points, 2).to(config.device) * config.sigma_max
    distances = {"data": energy_distance(again, data)}
    curves = {name: [] for name in SAMPLERS}
    shown = {}
    for name, step in SAMPLERS.items():
        for evaluations in config.evaluations:
            steps = evaluations // 2 if name == "heun" else evaluations
            levels = noise_levels(config.sigma_max, config.sigma_min, steps)
            points = sample(step, denoiser, start, levels)
            curves[name].append(energy_distance(points, data))
            if name == "sde" and evaluations in (8, 32, 128):
                shown[f"sde_{evaluations}"] = points[0, : config.shown]
        distances[name] = curves[name][-1]
    return record(
        config,
        started,
        series={
            "loss": losses,
            **{name: torch.stack(curve, dim=1) for name, curve in curves.items()},
            "fresh": data[0, : config.shown],
            **shown,
        },
        results=distances,
        axes={name: ["point", "coordinate"] for name in ("fresh", *shown)},
    )


def smoke() -> Run:
    """Few steps of two seeds."""
    return run(Config(hidden=16, steps=50, batch=32, points=100, shown=20, seeds=(0, 1), device="cpu"))
