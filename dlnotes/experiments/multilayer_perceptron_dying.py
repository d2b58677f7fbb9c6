"""Units that die: hidden units that are off for every training sample, against the learning rate, ReLU and leaky ReLU.

Plain gradient descent on minibatches, so that the learning rate acts as it is. All seeds and learning rates are trained
side by side, as one batch of networks.
"""

import math
import time
from dataclasses import dataclass
from itertools import pairwise

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
    hidden: tuple[int, ...] = (128, 128)  # units of the hidden layers
    lrs: tuple[float, ...] = (0.03, 0.1, 0.3, 1.0, 3.0)
    shift: float = -1.0  # bias of every hidden unit in the bad initialisation; the good one has 0
    bad_lr: float = 0.1  # learning rate of the networks with the bad initialisation
    negative_slope: float = 0.01  # of the leaky ReLU
    epochs: int = 10  # passes over the samples
    batch: int = 128  # samples a step
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6, 7)  # initial weights and order of the samples
    device: str = "cuda"


CPU = Config(samples=4096, hidden=(64, 64), epochs=5, seeds=(0, 1, 2, 3, 4), device="cpu")


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


def initial(config: Config, sizes: list[int], seed: int, shift: float) -> list[tuple[Tensor, Tensor]]:
    """Weights from N(0, 2 / n) (He et al. 2015) and biases, which in the hidden layers are all `shift`."""
    generator = torch.Generator().manual_seed(seed)
    layers = []
    for layer, (n, m) in enumerate(pairwise(sizes), 1):
        weight = torch.randn(m, n, generator=generator) * math.sqrt(2 / n)
        layers.append((weight, torch.full((m,), shift if layer < len(sizes) - 1 else 0.0)))
    return layers


def pre_activations(x: Tensor, layers: list[tuple[Tensor, Tensor]], slope: float) -> list[Tensor]:
    """z of every layer, for a batch of networks: shape (networks, samples, units)."""
    outputs = []
    for weight, bias in layers:
        a = F.leaky_relu(outputs[-1], slope) if outputs else x
        outputs.append(a @ weight.mT + bias.unsqueeze(-2))
    return outputs


def measure(split: Split, layers: list[tuple[Tensor, Tensor]], slope: float) -> tuple[Tensor, Tensor]:
    """Share of hidden units that are off for all training samples, and test accuracy, each of shape (networks,)."""
    off, correct = [], []
    for network in zip(*(zip(*layer, strict=True) for layer in layers), strict=True):
        hidden = pre_activations(split.train_x, list(network), slope)[:-1]
        off.append(torch.cat([(z <= 0).all(dim=0) for z in hidden]).double().mean())
        logits = pre_activations(split.test_x, list(network), slope)[-1]
        correct.append((logits.argmax(dim=-1) == split.test_y).double().mean())
    return torch.stack(off), torch.stack(correct)


def train(config: Config, split: Split, lrs: list[float], shift: float, slope: float, label: str) -> list[Tensor]:
    """Share of units that are off, before training and after every epoch, and final accuracy, for each seed and rate."""
    sizes = [split.train_x.shape[1], *config.hidden, int(split.train_y.max()) + 1]
    pairs = [(seed, lr) for seed in config.seeds for lr in lrs]
    networks = [initial(config, sizes, seed, shift) for seed, _ in pairs]
    layers = [
        tuple(torch.stack(kind).to(config.device).requires_grad_() for kind in zip(*layer, strict=True))
        for layer in zip(*networks, strict=True)
    ]
    parameters = [parameter for layer in layers for parameter in layer]
    rates = torch.tensor([lr for _, lr in pairs], device=config.device)
    generators = [torch.Generator().manual_seed(seed) for seed in config.seeds]
    with torch.no_grad():
        shares = [measure(split, layers, slope)[0]]
    for _ in progress(range(config.epochs), label):
        orders = torch.stack([torch.randperm(len(split.train_x), generator=g) for g in generators])
        orders = orders.repeat_interleave(len(lrs), dim=0).to(config.device)  # one order a seed
        for index in orders.split(config.batch, dim=1):
            logits = pre_activations(split.train_x[index], layers, slope)[-1]
            losses = F.cross_entropy(logits.movedim(-1, 1), split.train_y[index], reduction="none").mean(dim=1)
            grads = torch.autograd.grad(losses.sum(), parameters)  # each network's gradient is that of its own loss
            with torch.no_grad():
                for parameter, grad in zip(parameters, grads, strict=True):
                    parameter -= rates.view(-1, *[1] * (grad.ndim - 1)) * grad
        with torch.no_grad():
            share, accuracy = measure(split, layers, slope)
        shares.append(share)
    return [torch.stack(shares, dim=1).view(len(config.seeds), len(lrs), -1), accuracy.view(len(config.seeds), -1)]


def run(config: Config) -> Run:
    started = time.time()
    split = load_split(config)
    series, results = {}, {}
    for name, slope in (("relu", 0.0), ("leaky", config.negative_slope)):
        off, accuracy = train(config, split, list(config.lrs), 0.0, slope, name)
        bad_off, bad_accuracy = train(config, split, [config.bad_lr], config.shift, slope, f"{name}, bad start")
        series |= {f"{name}_off": off, f"{name}_accuracy": accuracy, f"{name}_bad_off": bad_off[:, 0]}
        results |= {f"{name}_bad_off": bad_off[:, 0, -1], f"{name}_bad_accuracy": bad_accuracy[:, 0]}
        results |= {f"{name}_off_at_{lr:g}".replace(".", "_"): off[:, i, -1] for i, lr in enumerate(config.lrs)}
        results |= {f"{name}_accuracy_at_{lr:g}".replace(".", "_"): accuracy[:, i] for i, lr in enumerate(config.lrs)}
    return record(config, started, series=series, results=results, data=config.dataset)


def smoke() -> Run:
    return run(Config(dataset="digits", samples=100, hidden=(8,), lrs=(0.1, 1.0), epochs=1, seeds=(0, 1), device="cpu"))
