"""A denoising network on a Gaussian mixture in the plane: is (output - input) / σ² the score of the noisy density?"""

import time
from dataclasses import dataclass

import torch
from torch import Tensor

from dlnotes.autoencoder import denoise, mixture_score
from dlnotes.experiments import progress, record
from dlnotes.experiments._coders import generators_of, perceptron, squared_error
from dlnotes.runs import Run

WEIGHTS = (0.5, 0.3, 0.2)
MEANS = ((-1.5, -0.8), (1.5, -0.8), (0.0, 1.6))
VARIANCES = (0.09, 0.25, 0.04)


@dataclass(frozen=True)
class Config:
    sigmas: tuple[float, ...] = (0.2, 0.5, 1.0)  # standard deviations of the noise; a network each
    hidden: int = 128  # units of each of two hidden layers
    steps: int = 4000  # of Adam
    batch: int = 1024  # fresh samples a step
    lr: float = 3e-3  # at first; falls to zero along a cosine
    test: int = 4096  # noisy samples for measuring
    field: int = 13  # points a side of the lattice on which the field is kept
    kept: int = 1  # index of the noise whose field is kept
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    device: str = "cuda"


CPU = Config(steps=1500, batch=256, device="cpu")


def draw(count: int, generators: list[torch.Generator]) -> Tensor:
    """Samples of the mixture, shape (seeds, count, 2)."""
    picked = torch.stack([torch.multinomial(torch.tensor(WEIGHTS), count, True, generator=g) for g in generators])
    return torch.tensor(MEANS)[picked] + torch.tensor(VARIANCES)[picked, None].sqrt() * noise(count, generators)


def noise(count: int, generators: list[torch.Generator]) -> Tensor:
    return torch.stack([torch.randn(count, 2, generator=generator) for generator in generators])


def score(points: Tensor, sigma: float) -> Tensor:
    mixture = (torch.tensor(values, device=points.device) for values in (WEIGHTS, MEANS, VARIANCES))
    return mixture_score(points, *mixture, sigma)


def train(sigma: float, config: Config):
    """One denoiser a seed. What it learns is added to its input."""
    generators = generators_of(config.seeds)
    model = perceptron([2, config.hidden, config.hidden, 2], generators).to(config.device)
    optimizer = torch.optim.Adam(model.parameters(), lr=config.lr)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, config.steps)
    for _ in progress(range(config.steps), f"σ = {sigma}"):
        x = draw(config.batch, generators)
        noisy = (x + sigma * noise(config.batch, generators)).to(config.device)
        optimizer.zero_grad()
        squared_error(noisy + model(noisy), x.to(config.device)).sum().backward()
        optimizer.step()
        schedule.step()
    return model


@torch.no_grad()
def run(config: Config) -> Run:
    """For every noise the loss, its least value, and how far the learned score is from the exact one."""
    started = time.time()
    results = {}
    for i, sigma in enumerate(config.sigmas):
        with torch.enable_grad():
            model = train(sigma, config)
        generators = generators_of(tuple(seed + 1000 for seed in config.seeds))  # new samples
        x = draw(config.test, generators)
        noisy = (x + sigma * noise(config.test, generators)).to(config.device)
        x, learned, exact = x.to(config.device), model(noisy) / sigma**2, score(noisy, sigma)
        percent = f"{100 * sigma:.0f}"
        results |= {
            f"loss_{percent}": squared_error(noisy + sigma**2 * learned, x),
            f"least_{percent}": squared_error(denoise(noisy, exact, sigma), x),
            f"score_error_{percent}": squared_error(learned, exact) / squared_error(torch.zeros_like(exact), exact),
        }
        if i == config.kept:
            axis = torch.linspace(-3, 3, config.field)
            lattice = torch.cartesian_prod(axis, axis).to(config.device)
            learned_field = model(lattice.expand(len(config.seeds), -1, -1))[0] / sigma**2
    return record(
        config,
        started,
        series={"learned": (learned_field * 1000).round() / 1000},
        results=results,
        axes={"learned": ["point", "coordinate"]},
    )


def smoke() -> Run:
    """Two noises, few steps, two seeds."""
    return run(Config(sigmas=(0.5, 1.0), hidden=8, steps=3, batch=16, test=32, field=3, seeds=(0, 1), device="cpu"))
