"""Units that die: hidden units that are off for every training sample, with ReLU and with leaky ReLUs.

Plain gradient descent on minibatches, so that the learning rate acts as it is. All seeds and learning rates are trained
side by side, as one batch of networks.
"""

import math
import time
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from dlnotes import data
from dlnotes.experiments import progress, record
from dlnotes.runs import Run


@dataclass(frozen=True)
class Config:
    dataset: str = "fashion_mnist"  # or "digits"
    samples: int = 60000  # the first of the training set
    hidden: int = 128  # units
    negative_slopes: tuple[float, ...] = (0.0, 0.01, 0.1)  # of the leaky ReLUs; 0 is ReLU itself
    lrs: tuple[float, ...] = (0.03, 0.1, 0.3, 0.5, 1.0)
    shift: float = -5.0  # bias of every hidden unit in the bad initialisation; the good one has 0
    bad_lr: float = 0.1  # learning rate of the networks with the bad initialisation
    epochs: int = 10  # passes over the samples
    batch: int = 128  # samples a step
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6, 7)  # initial weights and order of the samples
    device: str = "cuda"


CPU = Config(samples=4096, epochs=5, seeds=(0, 1, 2, 3, 4), device="cpu")
NAMES = ("relu", "leaky", "leakier")  # of the negative slopes


@dataclass(frozen=True)
class Split:
    train_x: Tensor
    train_y: Tensor
    test_x: Tensor
    test_y: Tensor


def load_split(config: Config) -> Split:
    load = getattr(data, config.dataset)
    (train, train_y), (test, test_y) = load("train"), load("test")
    train, test = (images.flatten(1).to(config.device, torch.float32) for images in (train[: config.samples], test))
    mean, std = train.mean(), train.std()
    labels = train_y[: config.samples].to(config.device), test_y.to(config.device)
    return Split((train - mean) / std, labels[0], (test - mean) / std, labels[1])


def initial(config: Config, inputs: int, classes: int, seed: int, shift: float) -> list[Tensor]:
    """Weights from N(0, 2 / n) (He et al. 2015), biases of the hidden units all `shift`, of the classes 0."""
    generator = torch.Generator().manual_seed(seed)
    weights = [
        torch.randn(m, n, generator=generator) * math.sqrt(2 / n)
        for n, m in ((inputs, config.hidden), (config.hidden, classes))
    ]
    return [weights[0], torch.full((config.hidden,), shift), weights[1], torch.zeros(classes)]


def forward(x: Tensor, parameters: list[Tensor], slope: float) -> tuple[Tensor, Tensor]:
    """Pre-activations of the hidden units and scores, for a batch of networks: shape (networks, samples, units)."""
    w1, b1, w2, b2 = parameters
    z = x @ w1.mT + b1.unsqueeze(-2)
    return z, F.leaky_relu(z, slope) @ w2.mT + b2.unsqueeze(-2)


@torch.no_grad()
def measure(split: Split, parameters: list[Tensor], slope: float) -> tuple[Tensor, Tensor, Tensor]:
    """For each network: share of units that are off for all training samples, test accuracy, whether it diverged."""
    off, accuracy, diverged = [], [], []
    for network in zip(*parameters, strict=True):
        z, _ = forward(split.train_x, list(network), slope)
        _, scores = forward(split.test_x, list(network), slope)
        off.append((z <= 0).all(dim=0).double().mean())
        accuracy.append((scores.argmax(dim=-1) == split.test_y).double().mean())
        diverged.append((~scores.isfinite()).any().double())
    return torch.stack(off), torch.stack(accuracy), torch.stack(diverged)


def train(config: Config, split: Split, lrs: tuple[float, ...], shift: float, slope: float) -> tuple[Tensor, ...]:
    """Of each seed and rate: share of units off, before training and after every epoch; accuracy; whether diverged."""
    classes = int(split.train_y.max()) + 1
    networks = [initial(config, split.train_x.shape[1], classes, seed, shift) for seed in config.seeds for _ in lrs]
    parameters = [torch.stack(kind).to(config.device).requires_grad_() for kind in zip(*networks, strict=True)]
    rates = torch.tensor(lrs, device=config.device).repeat(len(config.seeds))
    generators = [torch.Generator().manual_seed(seed) for seed in config.seeds]
    shares = [measure(split, parameters, slope)[0]]
    for _ in progress(range(config.epochs), f"slope {slope}, bias {shift}"):
        orders = torch.stack([torch.randperm(len(split.train_x), generator=g) for g in generators])
        orders = orders.repeat_interleave(len(lrs), dim=0).to(config.device)  # one order a seed
        for index in orders.split(config.batch, dim=1):
            _, scores = forward(split.train_x[index], parameters, slope)
            losses = F.cross_entropy(scores.movedim(-1, 1), split.train_y[index], reduction="none").mean(dim=1)
            grads = torch.autograd.grad(losses.sum(), parameters)  # each network's gradient is that of its own loss
            with torch.no_grad():
                for parameter, grad in zip(parameters, grads, strict=True):
                    parameter -= rates.view(-1, *[1] * (grad.ndim - 1)) * grad
        share, accuracy, diverged = measure(split, parameters, slope)
        shares.append(share)
    by_seed = len(config.seeds), len(lrs)
    return torch.stack(shares, dim=1).view(*by_seed, -1), accuracy.view(by_seed), diverged.view(by_seed)


def run(config: Config) -> Run:
    started = time.time()
    split = load_split(config)
    series, results = {}, {}
    for name, slope in zip(NAMES, config.negative_slopes, strict=True):
        off, accuracy, diverged = train(config, split, config.lrs, 0.0, slope)
        bad_off, bad_accuracy, _ = train(config, split, (config.bad_lr,), config.shift, slope)
        series |= {f"{name}_off": off[..., -1], f"{name}_accuracy": accuracy, f"{name}_diverged": diverged}
        series[f"{name}_bad_off"] = bad_off[:, 0]
        results |= {f"{name}_bad_off": bad_off[:, 0, -1], f"{name}_bad_accuracy": bad_accuracy[:, 0]}
        for i in (-2, -1):  # the two largest rates
            results |= {f"{name}_off_{-i}": off[:, i, -1], f"{name}_accuracy_{-i}": accuracy[:, i]}
            results |= {f"{name}_diverged_{-i}": diverged[:, i]}
    return record(config, started, series=series, results=results, data=config.dataset)


def smoke() -> Run:
    return run(Config(dataset="digits", samples=100, hidden=8, lrs=(0.1, 1.0), epochs=1, seeds=(0, 1), device="cpu"))
