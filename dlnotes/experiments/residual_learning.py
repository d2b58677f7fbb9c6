"""Degradation: plain and residual networks of the same depths on the same images, training error against depth.

Plain blocks and residual blocks of both versions, with batch normalisation; the networks of all seeds lie side by side
in the groups of one network. Each depth and kind is trained at several step sizes; the best by training loss counts.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from dlnotes import data
from dlnotes.experiments import progress, record
from dlnotes.residual_learning import BasicBlock, PlainBlock, PreActBlock, gradient_norms, he_normal_, resnet
from dlnotes.runs import Run


@dataclass(frozen=True)
class Config:
    dataset: str = "fashion_mnist"  # or "digits"
    samples: int = 60_000  # of the training set, the first ones
    test_samples: int = 10_000
    pixels: int = 28  # height and width after mean pooling
    width: int = 16  # channels of the first stage
    depths: tuple[int, ...] = (8, 20, 32, 56)  # layers, 6n + 2
    lrs: tuple[float, ...] = (0.03, 0.1, 0.3)  # peak step sizes
    epochs: int = 3  # passes over the samples
    batch: int = 256  # samples a step
    warmup: float = 0.1  # share of the steps in which the step size rises; then it falls as a cosine
    momentum: float = 0.9
    weight_decay: float = 1e-4
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)  # initial weights and order of the samples
    device: str = "cuda"


CPU = Config(samples=4096, test_samples=2000, pixels=7, width=8, lrs=(0.03, 0.1), epochs=5, batch=64, device="cpu")
KINDS = {"plain": PlainBlock, "v1": BasicBlock, "v2": PreActBlock}
DIVERGED = 10.0  # nats, recorded for a loss above it or not finite; chance is log 10 = 2.3


class Split(NamedTuple):
    """Images of one channel, standardised by the training set's mean and deviation, and their classes."""

    train_x: Tensor
    train_y: Tensor
    test_x: Tensor
    test_y: Tensor


def load_split(config) -> Split:
    load = getattr(data, config.dataset)
    (train, train_y), (test, test_y) = load("train"), load("test")
    train, test = train[: config.samples], test[: config.test_samples]
    pooled = [F.adaptive_avg_pool2d(images.to(torch.float32), config.pixels) for images in (train, test)]
    mean, std = pooled[0].mean(), pooled[0].std()
    train_x, test_x = ((images - mean) / std for images in pooled)
    tensors = (train_x, train_y[: config.samples], test_x, test_y[: config.test_samples])
    return Split(*(tensor.to(config.device) for tensor in tensors))


def networks(config, depth: int, block: type[nn.Module], norm_layer=nn.BatchNorm2d) -> nn.Sequential:
    """One network for each seed, side by side in the groups of one network."""
    together = resnet(depth, block, width=config.width, groups=len(config.seeds), norm_layer=norm_layer)
    he_normal_(together, [torch.Generator().manual_seed(seed) for seed in config.seeds])
    return together.to(config.device)


def scores(network: nn.Module, x: Tensor, seeds: int) -> Tensor:
    """Of every seed's network, shape (samples, seeds, classes), for images of shape (samples, seeds, height, width)."""
    return network(x).unflatten(1, (seeds, -1))


def losses(logits: Tensor, y: Tensor) -> Tensor:
    """Mean cross entropy of each seed; the logits have the shape (samples, seeds, classes), y (samples, seeds)."""
    return F.cross_entropy(logits.transpose(1, 2), y, reduction="none").mean(dim=0)


def batches(config, samples: int) -> Iterator[Tensor]:
    """Indices of every step of the training, shape (batch, seeds): each seed has an order of its own."""
    generators = [torch.Generator().manual_seed(seed) for seed in config.seeds]
    for _ in range(config.epochs):
        orders = torch.stack([torch.randperm(samples, generator=generator) for generator in generators], dim=1)
        yield from orders[: samples - samples % config.batch].split(config.batch)


def set_lr(optimizer: torch.optim.Optimizer, config, lr: float, share: float) -> None:
    """Warm-up and cosine: the step size after a share of the training."""
    factor = min(share / config.warmup, 0.5 * (1 + torch.tensor(torch.pi * share).cos().item()))
    for group in optimizer.param_groups:
        group["lr"] = lr * factor


def train(network: nn.Module, config, split: Split, lr: float, label: str) -> Tensor:
    """Share of the training images that are classified wrongly in each epoch, while it goes on; (seeds, epochs)."""
    seeds = len(config.seeds)
    steps = len(split.train_x) // config.batch
    optimizer = torch.optim.SGD(network.parameters(), lr, momentum=config.momentum, weight_decay=config.weight_decay)
    wrong = torch.zeros(seeds, config.epochs, device=config.device)
    network.train()
    total = config.epochs * steps
    for step, index in enumerate(progress(batches(config, len(split.train_x)), label, total=total)):
        set_lr(optimizer, config, lr, (step + 1) / total)
        index = index.to(config.device)
        logits, y = scores(network, split.train_x[index], seeds), split.train_y[index]
        optimizer.zero_grad()
        losses(logits, y).sum().backward()  # each network's gradient is that of its own loss
        optimizer.step()
        wrong[:, step // steps] += (logits.argmax(dim=-1) != y).sum(dim=0)
    return wrong / (steps * config.batch)


@torch.no_grad()
def evaluate(network: nn.Module, x: Tensor, y: Tensor, seeds: int) -> tuple[Tensor, Tensor]:
    """Loss and share of wrong classes of each seed's network, in evaluation mode."""
    network.eval()
    logits = torch.cat([scores(network, part.unsqueeze(1).expand(-1, seeds, -1, -1), seeds) for part in x.split(500)])
    y = y.unsqueeze(1).expand(-1, seeds)
    wrong = (logits.argmax(dim=-1) != y).double().mean(dim=0)
    return losses(logits, y).nan_to_num(nan=DIVERGED).clamp(max=DIVERGED), wrong


class Trained(NamedTuple):
    """Of every seed, at the learning rate with the lowest mean training loss."""

    lr: float
    train_error: Tensor  # after the last epoch
    test_error: Tensor
    curve: Tensor  # training error in each epoch, shape (seeds, epochs)
    at_every_lr: Tensor  # training error after the last epoch, shape (seeds, lrs)


def train_best(make, config, split: Split, label: str) -> Trained:
    """Train a network at every learning rate and keep what the best one reached; `make` returns a new network."""
    tried = []
    for lr in config.lrs:
        network = make()
        curve = train(network, config, split, lr, f"{label}, lr {lr}")
        loss, train_error = evaluate(network, split.train_x, split.train_y, len(config.seeds))
        _, test_error = evaluate(network, split.test_x, split.test_y, len(config.seeds))
        tried.append((loss.mean(), lr, train_error, test_error, curve))
    at_every_lr = torch.stack([train_error for _, _, train_error, _, _ in tried], dim=1)
    _, lr, train_error, test_error, curve = min(tried, key=lambda trained: trained[0])
    return Trained(lr, train_error, test_error, curve, at_every_lr)


def norms_at_start(config, split: Split, depth: int, block: type[nn.Module]) -> Tensor:
    """Norm of the loss's gradient at the input of every block and after the last, untrained; (seeds, blocks + 1)."""
    x, y = split.train_x[: config.batch].unsqueeze(1), split.train_y[: config.batch]
    rows = []
    for seed in config.seeds:
        network = he_normal_(resnet(depth, block, width=config.width), [torch.Generator().manual_seed(seed)])
        network.to(config.device)
        blocks = [i for i, layer in enumerate(network) if isinstance(layer, PlainBlock)]
        stem, body, head = network[: blocks[0]], network[blocks[0] : blocks[-1] + 1], network[blocks[-1] + 1 :]
        rows.append(gradient_norms(body, stem(x), lambda h, head=head: F.cross_entropy(head(h), y)))
    return torch.stack(rows)


def run(config: Config) -> Run:
    started = time.time()
    split = load_split(config)
    series, results = {}, {}
    for kind, block in KINDS.items():
        curves, errors = [], []
        for depth in config.depths:
            trained = train_best(lambda d=depth, b=block: networks(config, d, b), config, split, f"{kind} {depth}")
            results[f"{kind}_{depth}_train_error"] = trained.train_error
            results[f"{kind}_{depth}_test_error"] = trained.test_error
            results[f"{kind}_{depth}_lr"] = [trained.lr] * len(config.seeds)
            curves.append(trained.curve)
            errors.append(trained.at_every_lr)
        series[f"{kind}_error"] = torch.stack(curves, dim=1)
        series[f"{kind}_train_error"] = torch.stack(errors, dim=1)
        series[f"{kind}_gradient"] = norms_at_start(config, split, config.depths[-1], block)
    return record(config, started, series=series, results=results, data=config.dataset)


def smoke() -> Run:
    """The same code on the embedded digits, in seconds on a CPU."""
    small = {"dataset": "digits", "samples": 256, "test_samples": 100, "pixels": 8, "width": 2, "depths": (8, 14)}
    return run(Config(**small, lrs=(0.1,), epochs=2, batch=64, seeds=(0, 1), device="cpu"))
