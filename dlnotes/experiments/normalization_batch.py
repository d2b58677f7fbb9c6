"""Accuracy against batch size, from 2 to 256, with batch norm and with layer norm.

Every batch size sees the same number of samples; its learning rate is the best of several on validation samples. With
batch norm, the test samples are normalised by the running statistics, and also by those of the whole training set at
the final weights. The networks are those of the experiment `normalization`.
"""

import time
from dataclasses import dataclass

import torch
from torch import Tensor

from dlnotes.experiments import progress, record
from dlnotes.experiments.normalization import Networks, Split, epoch_orders, load_split
from dlnotes.runs import Run


@dataclass(frozen=True)
class Config:
    dataset: str = "fashion_mnist"  # or "digits"
    samples: int = 50_000  # of the training set, the first ones
    validation: int = 10_000  # of the training set, the next ones
    hidden: int = 64  # units of every hidden layer, ReLU
    depth: int = 3  # hidden layers
    batches: tuple[int, ...] = (2, 4, 8, 16, 32, 64, 128, 256)  # samples a step
    lrs: tuple[float, ...] = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
    epochs: int = 5  # passes over the samples
    norms: tuple[str, ...] = ("batch", "layer")
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)  # initial weights and order of the samples
    device: str = "cuda"


CPU = Config(samples=4000, validation=2000, epochs=3, device="cpu")


def train(config: Config, split: Split, norm: str, batch: int) -> Networks:
    """Networks of every learning rate and seed, after the last epoch."""
    sizes = [split.train_x.shape[1], *[config.hidden] * config.depth, int(split.train_y.max()) + 1]
    lrs = torch.tensor(config.lrs, device=config.device)
    networks = Networks(norm, sizes, len(lrs), config.seeds, config.device)
    orders = [torch.Generator().manual_seed(seed + 1000) for seed in config.seeds]
    for _ in progress(range(config.epochs), f"{norm} {batch}"):
        for index in epoch_orders(len(split.train_x), batch, orders):
            networks.step(split.train_x[index], split.train_y[index], lrs)
    return networks


@torch.no_grad()
def take_population_statistics(networks: Networks, x: Tensor) -> None:
    """Replaces the running statistics by those of all samples at the final weights."""
    networks.forward(x.expand(len(networks.weights[0]), *x.shape), training=True, momentum=1.0)


def run(config: Config) -> Run:
    started = time.time()
    split = load_split(config.dataset, config.samples + config.validation, config.device)
    parts = [(each[: config.samples], each[config.samples :]) for each in (split.train_x, split.train_y)]
    (train_x, validation_x), (train_y, validation_y) = parts
    split = split._replace(train_x=train_x, train_y=train_y)
    names = [*config.norms, *(["population"] if "batch" in config.norms else [])]
    accuracy, chosen = {name: [] for name in names}, {name: [] for name in names}

    def measure(name: str, networks: Networks) -> None:
        best = networks.evaluate(validation_x, validation_y)[1].mean(0).argmax().item()
        accuracy[name].append(networks.evaluate(split.test_x, split.test_y)[1][:, best])
        chosen[name].append(config.lrs[best])

    for batch in config.batches:
        for norm in config.norms:
            networks = train(config, split, norm, batch)
            measure(norm, networks)
            if norm == "batch":
                take_population_statistics(networks, split.train_x)
                measure("population", networks)
    series = {f"{name}_accuracy": torch.stack(values, dim=1) for name, values in accuracy.items()}
    results = {
        f"{name}_{batch}": values[:, k]
        for name, values in ((name, series[f"{name}_accuracy"]) for name in names)
        for k, batch in enumerate(config.batches)
    }
    rates = {f"{name}_lr": values for name, values in chosen.items()}
    return record(
        config,
        started,
        series=series | rates,
        axes={key: ["batch"] for key in rates},
        results=results,
        data=config.dataset,
    )


def smoke() -> Run:
    """The same code on the embedded digits, in seconds on a CPU."""
    small = Config(dataset="digits", samples=128, validation=64, hidden=8, depth=2, batches=(2, 16), lrs=(0.03, 0.1))
    return run(Config(**{**vars(small), "epochs": 1, "seeds": (0, 1), "device": "cpu"}))
