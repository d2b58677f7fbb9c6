"""Residual blocks of both versions at about a hundred layers, started as He et al. do and with branches of zero."""

import time
from dataclasses import dataclass

import torch
from torch import nn

from dlnotes.experiments import record
from dlnotes.experiments.residual_learning import load_split, networks, train_best
from dlnotes.residual_learning import BasicBlock, PreActBlock, zero_init_residual_
from dlnotes.runs import Run


@dataclass(frozen=True)
class Config:
    dataset: str = "fashion_mnist"  # or "digits"
    samples: int = 60_000  # of the training set, the first ones
    test_samples: int = 10_000
    pixels: int = 28  # height and width after mean pooling
    width: int = 8  # channels of the first stage
    depth: int = 110  # layers, 6n + 2
    lrs: tuple[float, ...] = (0.1, 0.3)  # peak step sizes
    epochs: int = 2  # passes over the samples
    batch: int = 256  # samples a step
    warmup: float = 0.1  # share of the steps in which the step size rises; then it falls as a cosine
    momentum: float = 0.9
    weight_decay: float = 1e-4
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)  # initial weights and order of the samples
    device: str = "cuda"


CPU = Config(samples=2048, test_samples=2000, pixels=7, width=4, lrs=(0.03,), epochs=6, batch=64, device="cpu")
BLOCKS = {"v1": BasicBlock, "v2": PreActBlock}


def run(config: Config) -> Run:
    started = time.time()
    split = load_split(config)
    series, results = {}, {}
    for start in ("he", "zero"):
        for name, block in BLOCKS.items():

            def make(block: type[nn.Module] = block, zero: bool = start == "zero") -> nn.Module:
                network = networks(config, config.depth, block)
                return zero_init_residual_(network) if zero else network

            trained = train_best(make, config, split, f"{name} {start}")
            key = f"{name}_{start}"
            series[f"{key}_error"] = trained.curve
            results[f"{key}_train_error"] = trained.train_error
            results[f"{key}_test_error"] = trained.test_error
            results[f"{key}_lr"] = torch.full((len(config.seeds),), trained.lr, dtype=torch.float64)
    return record(config, started, series=series, results=results, data=config.dataset)


def smoke() -> Run:
    """The same code on the embedded digits, in seconds on a CPU."""
    small = {"dataset": "digits", "samples": 128, "test_samples": 100, "pixels": 8, "width": 2, "depth": 14}
    return run(Config(**small, lrs=(0.1,), epochs=2, batch=64, seeds=(0, 1), device="cpu"))
