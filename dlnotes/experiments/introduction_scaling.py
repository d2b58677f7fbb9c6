"""Test error of a small network against the number of training samples and against its width."""

import time
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from dlnotes.experiments import progress, record
from dlnotes.experiments._stacked import Linear, accuracy, batches, loss, samples
from dlnotes.runs import Run


@dataclass(frozen=True)
class Config:
    dataset: str = "fashion_mnist"
    samples: tuple[int, ...] = (250, 1000, 4000, 16_000, 60_000)  # at the largest width
    widths: tuple[int, ...] = (1, 2, 4, 8, 16, 32, 64, 128, 256)  # hidden units, at the most samples
    steps: int = 6000
    batch: int = 128  # samples a step
    lr: float = 1e-3  # of Adam, falls linearly to zero
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    device: str = "cuda"


CPU = Config(samples=(125, 250, 500, 1000, 2000, 4000, 8000), widths=(1, 2, 4, 8, 16, 32), steps=800, device="cpu")


def train(count: int, width: int, config: Config) -> Tensor:
    """Test error of every seed; each draws its own training samples."""
    x, labels = samples(config.dataset, "train", config.device)
    test_x, test_labels = samples(config.dataset, "test", config.device)
    generators = [torch.Generator().manual_seed(seed) for seed in config.seeds]
    chosen = torch.stack([torch.randperm(len(x), generator=g)[:count] for g in generators]).to(config.device)
    model = nn.Sequential(Linear(x.shape[1], width, generators), nn.ReLU(), Linear(width, 10, generators))
    model.to(config.device)
    optimizer = torch.optim.Adam(model.parameters(), lr=config.lr)
    schedule = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.0, config.steps)
    for rows in batches(count, config.batch, config.steps, generators, config.device):
        rows = chosen.gather(1, rows)
        optimizer.zero_grad()
        loss(model(x[rows]), labels[rows]).sum().backward()
        optimizer.step()
        schedule.step()
    with torch.no_grad():
        return 1 - accuracy(model(test_x), test_labels)


def run(config: Config) -> Run:
    """Trains every size once per seed."""
    started = time.time()
    by_samples = [train(count, config.widths[-1], config) for count in progress(config.samples, "samples")]
    by_width = [train(config.samples[-1], width, config) for width in progress(config.widths[:-1], "widths")]
    by_width.append(by_samples[-1])
    errors = torch.stack(by_samples, dim=1)
    slope = log_slope(torch.tensor(config.samples, device=errors.device), errors)
    return record(
        config,
        started,
        series={"error_by_samples": errors, "error_by_width": torch.stack(by_width, dim=1)},
        results={"exponent": -slope, "error": errors[:, -1]},
        data=config.dataset,
    )


def log_slope(x: Tensor, y: Tensor) -> Tensor:
    """Least-squares slope of log y against log x for each row of y."""
    u, v = x.log(), y.log()
    u = u - u.mean()
    return v @ u / (u @ u)


def smoke() -> Run:
    """A few steps of two seeds on the digits."""
    sizes = {"samples": (50, 400), "widths": (2, 8), "steps": 60}
    return run(Config(dataset="digits", **sizes, seeds=(0, 1), device="cpu"))
