"""Weight decay with Adam, as a penalty in the loss and decoupled: accuracy over learning rates and decays.

Few samples and many passes, so that the networks overfit. The pictures are averaged to a quarter of their pixels.
"""

import time
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from dlnotes import data
from dlnotes.adam import Adam, AdamW
from dlnotes.experiments import progress, record
from dlnotes.runs import Run


@dataclass(frozen=True)
class Config:
    dataset: str = "fashion_mnist"  # or "digits"
    samples: int = 2000  # trained on, the first ones of the training set
    validation: int = 10_000  # the next ones, to choose learning rate and decay
    hidden: int = 128  # units, ReLU
    batch: int = 100  # samples a step
    epochs: int = 60  # passes over the samples
    lrs: tuple[float, ...] = (1e-3, 3e-3, 1e-2, 3e-2, 1e-1)  # at the start; they fall to 0 as a cosine
    penalties: tuple[float, ...] = (0.0, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2)  # λ of the penalty in the loss
    decays: tuple[float, ...] = (0.0, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)  # decoupled λ
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)  # initial weights and order of the samples
    device: str = "cuda"


CPU = Config(validation=5000, hidden=64, epochs=30, device="cpu")


class Samples(NamedTuple):
    x: Tensor  # as rows, standardised by the mean and deviation of those that are trained on
    labels: Tensor


def load(config: Config) -> tuple[Samples, Samples, Samples]:
    """Samples to train on, to choose by, and to test with."""
    (images, labels), test = (getattr(data, config.dataset)(part) for part in ("train", "test"))
    middle, end = config.samples, config.samples + config.validation
    parts = [(images[:middle], labels[:middle]), (images[middle:end], labels[middle:end]), test]
    rows = [F.avg_pool2d(part.float().unsqueeze(1), 2).flatten(1) for part, _ in parts]
    mean, std = rows[0].mean(), rows[0].std()
    scaled = [((x - mean) / std, y) for x, (_, y) in zip(rows, parts, strict=True)]
    return tuple(Samples(x.to(config.device), y.to(config.device)) for x, y in scaled)


def initial(config: Config, inputs: int, classes: int) -> list[Tensor]:
    """Weights and biases of one network for each seed, stacked."""
    generators = [torch.Generator().manual_seed(seed) for seed in config.seeds]
    layers = []
    for n, m in ((inputs, config.hidden), (config.hidden, classes)):
        layers.append(
            torch.stack([(2 / n) ** 0.5 * torch.randn(n, m, generator=generator) for generator in generators])
        )
        layers.append(torch.zeros(len(config.seeds), 1, m))
    return [layer.to(config.device).requires_grad_() for layer in layers]


def logits(networks: list[list[Tensor]], x: Tensor) -> Tensor:
    """Of all networks, shape (settings, seeds, samples, classes), for samples of each seed or of all of them."""
    first, first_bias, second, second_bias = (torch.stack(layers) for layers in zip(*networks, strict=True))
    return (x @ first + first_bias).relu() @ second + second_bias


@torch.no_grad()
def accuracy(networks: list[list[Tensor]], samples: Samples) -> Tensor:
    """Share that is classified rightly, shape (settings, seeds)."""
    parts = zip(samples.x.split(1000), samples.labels.split(1000), strict=True)
    return sum((logits(networks, x).argmax(-1) == labels).sum(-1) for x, labels in parts) / len(samples.x)


def train(
    config: Config, make: type[Adam], decays: tuple[float, ...], split: tuple[Samples, ...]
) -> tuple[Tensor, ...]:
    """Accuracy at the end on the validation and on the test samples, each (seeds, learning rates, decays)."""
    x, labels = split[0]
    settings = [(lr, decay) for lr in config.lrs for decay in decays]
    networks = [initial(config, x.shape[1], int(labels.max()) + 1) for _ in settings]
    groups = [
        {"params": network, "lr": lr, "weight_decay": decay}
        for network, (lr, decay) in zip(networks, settings, strict=True)
    ]
    optimizer = make(groups)
    generators = [torch.Generator().manual_seed(100 + seed) for seed in config.seeds]
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, config.epochs * -(-len(x) // config.batch))
    for _ in progress(range(config.epochs), make.__name__):
        orders = torch.stack([torch.randperm(len(x), generator=generator) for generator in generators])
        for index in orders.to(config.device).split(config.batch, dim=1):
            scores = logits(networks, x[index])
            targets = labels[index].expand(scores.shape[:-1])
            losses = F.cross_entropy(scores.flatten(0, 2), targets.flatten(), reduction="none")
            optimizer.zero_grad()
            (losses.sum() / index.shape[1]).backward()  # each network's gradient is that of its own mean
            optimizer.step()
            schedule.step()
    return tuple(accuracy(networks, part).T.unflatten(1, (len(config.lrs), len(decays))) for part in split[1:])


def run(config: Config) -> Run:
    started = time.time()
    split = load(config)
    series, results = {}, {}
    for name, make, decays in (("penalty", Adam, config.penalties), ("decoupled", AdamW, config.decays)):
        chosen_by, tested = train(config, make, decays, split)
        mean = chosen_by.mean(0)
        lr, decay = divmod(mean.argmax().item(), len(decays))
        series[name] = chosen_by
        results[f"{name}_accuracy"] = tested[:, lr, decay]
        results[f"{name}_lr"] = [config.lrs[lr]] * len(config.seeds)
        results[f"{name}_decay"] = [decays[decay]] * len(config.seeds)
        results[f"{name}_without"] = tested[:, mean[:, 0].argmax(), 0]  # λ = 0 at its own best learning rate
    results["gain"] = results["decoupled_accuracy"] - results["penalty_accuracy"]  # of each seed
    return record(config, started, series=series, results=results, data=config.dataset)


def smoke() -> Run:
    """The same code on the embedded digits, in seconds on a CPU."""
    small = {"samples": 200, "validation": 100, "hidden": 8, "epochs": 2, "lrs": (1e-3, 1e-2), "seeds": (0, 1)}
    return run(Config("digits", **small, penalties=(0.0, 1e-3), decays=(0.0, 0.1), device="cpu"))
