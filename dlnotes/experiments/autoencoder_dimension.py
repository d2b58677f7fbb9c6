"""Error against the width of the code, for images of 5 × 5 pixels that have four degrees of freedom."""

import time
from dataclasses import dataclass

import torch
from torch import Tensor

from dlnotes.autoencoder import principal_components
from dlnotes.experiments import progress, record
from dlnotes.experiments._coders import Autoencoder, generators_of, squared_error
from dlnotes.runs import Run

SIDE = 5  # pixels
FREEDOM = 4  # numbers that decide an image


@dataclass(frozen=True)
class Config:
    codes: tuple[int, ...] = (1, 2, 3, 4, 5, 6)
    hidden: int = 96  # units of the two hidden layers of encoder and decoder
    samples: int = 4096  # images for training; as many for testing
    batch: int = 256
    steps: int = 6000  # of Adam
    lr: float = 3e-3  # at first; falls to zero along a cosine
    shown: int = 8  # images kept for the figure
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    device: str = "cuda"


CPU = Config(codes=(2, 3, 4, 5, 6), steps=1600, device="cpu")


def flat(factors: Tensor) -> Tensor:
    """Four factors to weighted sums of four fixed patterns: a flat family."""
    patterns = torch.randn(FREEDOM, SIDE**2, generator=torch.Generator().manual_seed(0)).to(factors)
    return factors @ patterns / FREEDOM**0.5


def spots(factors: Tensor) -> Tensor:
    """Four factors in [-1, 1] to a spot with a place (two numbers), a width and a brightness: a curved family."""
    grid = torch.linspace(-1, 1, SIDE).to(factors)
    across, down, size, light = factors.unsqueeze(-1).unbind(-2)
    width = 0.6 + 0.25 * size
    columns, rows = (torch.exp(-0.5 * ((grid - 0.7 * place) / width) ** 2) for place in (across, down))
    return ((1 + 0.5 * light).unsqueeze(-1) * rows.unsqueeze(-1) * columns.unsqueeze(-2)).flatten(-2)


def images(family, count: int, generators: list[torch.Generator], device: str) -> Tensor:
    """Random images of a family, centred, shape (seeds, count, 25)."""
    factors = torch.stack([2 * torch.rand(count, FREEDOM, generator=each) - 1 for each in generators])
    x = family(factors)
    return (x - x.mean(1, keepdim=True)).to(device)


def train(x: Tensor, code: int, config: Config) -> Autoencoder:
    """One autoencoder a seed, on the images of its seed."""
    generators = generators_of(config.seeds)
    model = Autoencoder([SIDE**2, config.hidden, config.hidden, code], generators).to(config.device)
    optimizer = torch.optim.Adam(model.parameters(), lr=config.lr)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, config.steps)
    for _ in range(config.steps):
        batch = x[:, torch.randint(config.samples, (config.batch,), generator=generators[0])]
        optimizer.zero_grad()
        squared_error(model(batch), batch).sum().backward()
        optimizer.step()
        schedule.step()
    return model


def relative_error(output: Tensor, target: Tensor) -> Tensor:
    """Root of the share of the variance that is lost, one number a seed."""
    return (squared_error(output, target) / squared_error(torch.zeros_like(target), target)).sqrt()


@torch.no_grad()
def linear_errors(x: Tensor, test: Tensor, code: int) -> Tensor:
    """The same error for the principal components of each seed's training images."""
    fits = [principal_components(each, code) for each in x]
    outputs = torch.stack([fit.decode(fit.encode(each)) for fit, each in zip(fits, test, strict=True)])
    return relative_error(outputs, test)


def run(config: Config) -> Run:
    """Errors on new images, for every width of the code, of the principal components and of a network."""
    started = time.time()
    errors = {}
    for family in (flat, spots):
        draw = generators_of(config.seeds)
        x, test = (images(family, config.samples, draw, config.device) for _ in range(2))
        networks = []
        for code in progress(config.codes, family.__name__):
            model = train(x, code, config)
            with torch.no_grad():
                networks.append(relative_error(model(test), test))
        errors[f"{family.__name__}_network"] = torch.stack(networks, 1)
        errors[f"{family.__name__}_linear"] = torch.stack([linear_errors(x, test, code) for code in config.codes], 1)
    shown = spots(2 * torch.rand(config.shown, FREEDOM, generator=torch.Generator().manual_seed(0)) - 1)
    results = {f"{name}_{code}": values[:, i] for name, values in errors.items() for i, code in enumerate(config.codes)}
    return record(
        config,
        started,
        series=errors | {"images": (shown * 1000).round() / 1000},
        results=results,
        axes={"images": ["image", "pixel"]},
    )


def smoke() -> Run:
    """Two widths of the code, few steps, two seeds."""
    return run(Config(codes=(1, 2), hidden=8, samples=64, batch=16, steps=5, shown=2, seeds=(0, 1), device="cpu"))
