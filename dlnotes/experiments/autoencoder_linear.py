"""A linear autoencoder of the digits, trained by Adam: how its subspace turns into that of the principal components."""

import time
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn.functional import normalize

from dlnotes.autoencoder import principal_angles, principal_components
from dlnotes.experiments import progress, record
from dlnotes.experiments._coders import generators_of, squared_error
from dlnotes.experiments._stacked import Linear, samples
from dlnotes.runs import Run


@dataclass(frozen=True)
class Config:
    code: int = 6  # width of the code
    steps: int = 4000  # full-batch steps of Adam
    lr: float = 0.01  # at first; falls to zero along a cosine
    every: int = 100  # steps between two measurements
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    device: str = "cpu"


def run(config: Config) -> Run:
    """Trains one linear autoencoder a seed on the centred digits, in float64."""
    started = time.time()
    x = samples("digits", "train", config.device)[0].double()
    x = x - x.mean(0)
    best = principal_components(x, config.code)
    smallest = best.variances[config.code :].sum()
    generators = generators_of(config.seeds)
    encoder = Linear(x.shape[1], config.code, generators, std=0.05)
    decoder = Linear(config.code, x.shape[1], generators, std=0.05)
    model = nn.Sequential(encoder, decoder).double().to(config.device)
    optimizer = torch.optim.Adam(model.parameters(), lr=config.lr)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, config.steps)
    angles, excess = [], []
    for step in progress(range(config.steps + 1), "steps"):
        loss = squared_error(model(x), x)
        if step % config.every == 0:
            with torch.no_grad():
                angles.append(principal_angles(decoder.weight, best.components.expand_as(decoder.weight))[:, -1])
                excess.append(loss.detach() / smallest - 1)
        optimizer.zero_grad()
        loss.sum().backward()
        optimizer.step()
        schedule.step()
    with torch.no_grad():
        columns = normalize(decoder.weight, dim=-2)
        cosines = (columns.mT @ columns - torch.eye(config.code).to(columns)).abs().amax((-2, -1))
    angle, excess = torch.stack(angles, 1).rad2deg(), torch.stack(excess, 1)
    return record(
        config,
        started,
        series={"angle": angle, "excess": excess, "variances": best.variances[:20]},
        results={"angle": angle[:, -1], "excess": excess[:, -1], "cosine": cosines},
        axes={"variances": ["component"]},
        data="digits",
    )


def smoke() -> Run:
    """Few steps, two seeds."""
    return run(Config(steps=20, every=10, seeds=(0, 1)))
