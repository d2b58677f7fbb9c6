"""Four learning-rate schedules, each at several peak learning rates, for the networks of the batch experiment."""

import time
from dataclasses import dataclass

import torch
from torch import Tensor

from dlnotes.experiments import progress, record
from dlnotes.experiments.gradient_descent_batch import Networks, epoch_orders, layer_sizes, load_split
from dlnotes.gradient_descent import cosine_decay, linear_warmup, step_decay
from dlnotes.runs import Run

SCHEDULES = ("constant", "step", "cosine", "warmup_cosine")


@dataclass(frozen=True)
class Config:
    dataset: str = "fashion_mnist"  # or "digits"
    samples: int = 60_000  # of the training set, the first ones
    hidden: int = 128  # units, ReLU
    batch: int = 32  # samples a step
    lrs: tuple[float, ...] = (0.03, 0.1, 0.3, 1.0)  # at the peak
    epochs: int = 10  # passes over the samples
    warmup: float = 0.05  # share of the steps
    gamma: float = 0.1  # the step schedule multiplies by it after a half and after three quarters of the steps
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)  # initial weights and order of the samples
    device: str = "cuda"


CPU = Config(samples=10_000, hidden=32, epochs=8, device="cpu")


def factors(step: int, total: int, config: Config) -> list[float]:
    """What each schedule multiplies the peak learning rate by."""
    quarter, warmup = total // 4, max(1, round(config.warmup * total))
    cosine = cosine_decay(step, total)
    after_half = step_decay(max(0, step - quarter), quarter, config.gamma)
    return [1.0, after_half, cosine, linear_warmup(step, warmup) * cosine]


def run(config: Config) -> Run:
    started = time.time()
    split = load_split(config.dataset, config.samples, config.device)
    peaks = torch.tensor(config.lrs, device=config.device)
    settings = len(SCHEDULES) * len(peaks)
    networks = Networks(layer_sizes(config.hidden, split), settings, config.seeds, config.device)
    generators = [torch.Generator().manual_seed(seed) for seed in config.seeds]
    total = config.epochs * -(-len(split.train_x) // config.batch)
    losses, step = [networks.loss(split.train_x, split.train_y)], 0
    for _ in progress(range(config.epochs), "epochs"):
        for index in epoch_orders(len(split.train_x), config.batch, generators):
            scale = torch.tensor(factors(step, total, config), device=config.device)
            networks.step(split.train_x[index], split.train_y[index], torch.outer(scale, peaks).flatten())
            step += 1
        losses.append(networks.loss(split.train_x, split.train_y))
    loss = by_schedule(torch.stack(losses, dim=-1))  # (seeds, schedules, peaks, epochs + 1)
    accuracy = by_schedule(networks.accuracy(split.test_x, split.test_labels).unsqueeze(-1)).squeeze(-1)
    best = loss[..., -1].mean(0).argmin(-1).tolist()  # the peak with the lowest mean training loss, of each schedule
    results = {}
    for index, (name, peak) in enumerate(zip(SCHEDULES, best, strict=True)):
        results[f"{name}_loss"] = loss[:, index, peak, -1]
        results[f"{name}_accuracy"] = accuracy[:, index, peak]
        results[f"{name}_lr"] = [config.lrs[peak]] * len(config.seeds)
    return record(config, started, series={"train_loss": loss}, results=results, data=config.dataset)


def by_schedule(values: Tensor) -> Tensor:
    """Settings as two dimensions: schedule and peak learning rate."""
    return values.unflatten(1, (len(SCHEDULES), -1))


def smoke() -> Run:
    """The same code on the embedded digits, in seconds on a CPU."""
    return run(Config("digits", samples=256, hidden=8, lrs=(0.03, 0.3), epochs=2, seeds=(0, 1), device="cpu"))
