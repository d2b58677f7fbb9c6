"""Logistic regression on features of which a few are frequent and most are rare: gradient descent, Adagrad and Adam.

As the words of a text: a sample has feature j with a probability proportional to 1 / j. All features matter equally.
"""

import math
import time
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor
from torch.nn import functional as F

from dlnotes.adam import Adagrad, Adam
from dlnotes.experiments import progress, record
from dlnotes.runs import Run

OPTIMIZERS = {"sgd": torch.optim.SGD, "adagrad": Adagrad, "adam": Adam}


@dataclass(frozen=True)
class Config:
    features: int = 1000
    most: float = 0.5  # probability of the most frequent feature
    batch: int = 10  # samples a step, never seen before
    steps: int = 3000
    lrs: tuple[tuple[float, ...], ...] = (  # of each optimiser
        (0.1, 0.3, 1.0, 3.0, 10.0, 30.0),
        (0.03, 0.1, 0.3, 1.0, 3.0, 10.0),
        (0.001, 0.003, 0.01, 0.03, 0.1, 0.3),
    )
    test: int = 2000  # other samples, on which the loss is measured
    tuning_seeds: tuple[int, ...] = (100, 101, 102)  # true weights and samples; the first seeds the generator
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6, 7, 8, 9)
    device: str = "cuda"


CPU = Config(device="cpu")


def draw(config: Config, truth: Tensor, samples: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Features, 0 or 1, of shape (seeds, samples, features), and labels by the logistic model of each seed."""
    frequency = config.most / torch.arange(1, config.features + 1)
    x = (torch.rand(len(truth), samples, config.features, generator=generator) < frequency).float()
    y = (torch.rand(len(truth), samples, generator=generator) < torch.sigmoid(logits(x, truth))).float()
    return x.to(config.device), y.to(config.device)


def logits(x: Tensor, weights: Tensor) -> Tensor:
    """Of each seed's samples, shape (seeds, samples), for weights of shape (seeds, features)."""
    return (x @ weights.unsqueeze(-1)).squeeze(-1)


def mean_loss(x: Tensor, y: Tensor, weights: Tensor) -> Tensor:
    """Of every seed, in nats."""
    return F.binary_cross_entropy_with_logits(logits(x, weights), y, reduction="none").mean(-1)


def train(config: Config, name: str, lrs: tuple[float, ...], seeds: tuple[int, ...]) -> tuple[Tensor, Tensor]:
    """Test loss after every 30th of the steps, (seeds, learning rates, 30), and the distance of the weights from the
    truth at the end, (seeds, learning rates, features)."""
    generator = torch.Generator().manual_seed(seeds[0])
    truth = 2.0 * torch.randint(2, (len(seeds), config.features), generator=generator) - 1  # every weight is 1 or -1
    test = draw(config, truth, config.test, generator)
    weights = [torch.zeros(truth.shape, device=config.device, requires_grad=True) for _ in lrs]
    optimizer = OPTIMIZERS[name]([{"params": [w], "lr": lr} for w, lr in zip(weights, lrs, strict=True)])
    tested = []
    for step in progress(range(1, config.steps + 1), name):
        x, y = draw(config, truth, config.batch, generator)
        optimizer.zero_grad()
        sum(mean_loss(x, y, w).sum() for w in weights).backward()
        optimizer.step()
        if step % (config.steps // 30) == 0:
            with torch.no_grad():
                tested.append(torch.stack([mean_loss(*test, w) for w in weights], dim=1))
    distance = torch.stack([(w.detach().cpu() - truth).abs() for w in weights], dim=1)
    return torch.stack(tested, dim=-1), distance


def run(config: Config) -> Run:
    started = time.time()
    series, results = {}, {}
    edges = torch.logspace(0, math.log10(config.features), 7).round().long().tolist()  # of bands of features
    for name, lrs in zip(OPTIMIZERS, config.lrs, strict=True):
        tuned, _ = train(config, name, lrs, config.tuning_seeds)
        best = tuned[..., -1].mean(0).argmin().item()
        loss, distance = train(config, name, (lrs[best],), config.seeds)
        bands = [distance[:, 0, first - 1 : last].mean(1) for first, last in pairwise(edges)]
        series |= {f"{name}_loss": loss[:, 0], f"{name}_distance": torch.stack(bands, dim=1)}
        results[f"{name}_loss"] = loss[:, 0, -1]
        results[f"{name}_lr"] = [lrs[best]] * len(config.seeds)
        results[f"{name}_at_edge"] = [float(best in (0, len(lrs) - 1))] * len(config.seeds)
    for name in ("sgd", "adam"):  # the seeds have the same samples for each optimiser
        results[f"{name}_behind_adagrad"] = results[f"{name}_loss"] - results["adagrad_loss"]
    return record(config, started, series=series | {"edges": edges}, results=results, axes={"edges": ["edge"]})


def smoke() -> Run:
    small = {"features": 50, "steps": 60, "test": 100, "tuning_seeds": (100, 101), "seeds": (0, 1)}
    return run(Config(**small, lrs=((1.0, 3.0), (0.3, 1.0), (0.01, 0.03)), device="cpu"))
