"""Body mass of penguins from flipper length and bill depth, fitted to bootstrap resamples of the penguins.

A seed is one resample: as many penguins, drawn with replacement. How far the lines differ between resamples is the
bootstrap's estimate of how far they would differ between expeditions (Efron 1979). The measurements themselves are kept
in the record, for the figures.
"""

import time
from dataclasses import dataclass

import torch
from torch import Tensor

from dlnotes import data
from dlnotes.experiments import progress, record
from dlnotes.linear_regression import interactions, lstsq, one_hot
from dlnotes.runs import Run

BILL_DEPTH, FLIPPER_LENGTH, BODY_MASS = 1, 2, 3  # columns of data.PENGUIN_MEASUREMENTS


@dataclass(frozen=True)
class Config:
    seeds: tuple[int, ...] = tuple(range(200))  # one resample each
    device: str = "cpu"


def run(config: Config) -> Run:
    """Lines (intercept in g, slope in g/mm) by flipper length, by bill depth, and by bill depth for each species."""
    started = time.time()
    measurements, species = (part.to(config.device) for part in data.penguins())
    by_flipper, by_depth, by_species = [], [], []
    for seed in progress(config.seeds, "resamples"):
        rows = torch.randint(len(species), species.shape, generator=torch.Generator().manual_seed(seed))
        sample = measurements[rows]
        depth, mass = _with_ones(sample[:, BILL_DEPTH]), sample[:, BODY_MASS]
        by_flipper.append(lstsq(_with_ones(sample[:, FLIPPER_LENGTH]), mass))
        by_depth.append(lstsq(depth, mass))
        by_species.append(lstsq(interactions(one_hot(species[rows], 3), depth), mass).reshape(3, 2))

    lines = {"by_flipper": by_flipper, "by_depth": by_depth, "by_species": by_species}
    lines = {name: torch.stack(fits) for name, fits in lines.items()}
    columns = {"bill_depth": BILL_DEPTH, "flipper_length": FLIPPER_LENGTH, "body_mass": BODY_MASS}
    penguins = {name: measurements[:, column] for name, column in columns.items()} | {"species": species}
    slopes = {"flipper_slope": lines["by_flipper"][:, 1], "pooled_slope": lines["by_depth"][:, 1]}
    for index, name in enumerate(data.PENGUIN_SPECIES):
        slopes[f"{name.lower()}_slope"] = lines["by_species"][:, index, 1]
    axes = {name: ["penguin"] for name in penguins}
    return record(config, started, series=lines | penguins, results=slopes, data="penguins", axes=axes)


def smoke() -> Run:
    """Two resamples."""
    return run(Config(seeds=(0, 1)))


def _with_ones(x: Tensor) -> Tensor:
    """The design matrix of a line: a column of ones and x."""
    return torch.stack([torch.ones_like(x), x], dim=-1)
