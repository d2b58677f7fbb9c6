"""Without normalisation: plain networks, residual ones, and residual ones whose branches start at zero, by depth."""

import time
from dataclasses import dataclass

import torch
from torch import nn

from dlnotes.experiments import record
from dlnotes.experiments.residual_learning import load_split, networks, train_best
from dlnotes.residual_learning import PlainBlock, PreActBlock, zero_init_residual_
from dlnotes.runs import Run


@dataclass(frozen=True)
class Config:
    dataset: str = "fashion_mnist"  # or "digits"
    samples: int = 60_000  # of the training set, the first ones
    test_samples: int = 10_000
    pixels: int = 28  # height and width after mean pooling
    width: int = 8  # channels of the first stage
    depths: tuple[int, ...] = (8, 20, 56)  # layers, 6n + 2
    lrs: tuple[float, ...] = (0.001, 0.01, 0.1)  # peak step sizes
    epochs: int = 2  # passes over the samples
    batch: int = 256  # samples a step
    warmup: float = 0.1  # share of the steps in which the step size rises; then it falls as a cosine
    momentum: float = 0.9
    weight_decay: float = 1e-4
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)  # initial weights and order of the samples
    device: str = "cuda"


CPU = Config(samples=2048, test_samples=2000, pixels=7, width=8, lrs=(0.003, 0.03), epochs=5, batch=64, device="cpu")


def make_network(config: Config, kind: str, depth: int) -> nn.Module:
    block = PlainBlock if kind == "plain" else PreActBlock
    network = networks(config, depth, block, lambda _: nn.Identity())
    return zero_init_residual_(network) if kind == "zero" else network


def run(config: Config) -> Run:
    started = time.time()
    split = load_split(config)
    results = {}
    for kind in ("plain", "residual", "zero"):
        for depth in config.depths:
            trained = train_best(lambda k=kind, d=depth: make_network(config, k, d), config, split, f"{kind} {depth}")
            results[f"{kind}_{depth}_train_error"] = trained.train_error
            results[f"{kind}_{depth}_lr"] = torch.full((len(config.seeds),), trained.lr, dtype=torch.float64)
    return record(config, started, results=results, data=config.dataset)


def smoke() -> Run:
    """The same code on the embedded digits, in seconds on a CPU."""
    small = {"dataset": "digits", "samples": 128, "test_samples": 100, "pixels": 8, "width": 2, "depths": (8,)}
    return run(Config(**small, lrs=(0.01,), epochs=2, batch=64, seeds=(0, 1), device="cpu"))
