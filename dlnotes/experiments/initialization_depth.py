"""Thirty layers trained on Fashion-MNIST from different initial weights, each at the best of several learning rates."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor
from torch.nn import functional as F

from dlnotes import data
from dlnotes.experiments import progress, record
from dlnotes.initialization import kaiming_normal_, kaiming_uniform_, orthogonal_, xavier_normal_
from dlnotes.runs import Run


@dataclass(frozen=True)
class Config:
    dataset: str = "fashion_mnist"  # or "digits"
    samples: int = 60000  # of the training set
    width: int = 128  # hidden units a layer
    depth: int = 30  # layers
    lrs: tuple[float, ...] = (0.003, 0.01, 0.03, 0.1)
    batch: int = 64
    steps: int = 5000
    test_samples: int = 10000
    points: int = 20  # of a recorded curve
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)  # initial weights and batches
    device: str = "cuda"


CPU = Config(samples=10000, width=64, steps=400, test_samples=2000, device="cpu")
DIVERGED = 10.0  # recorded for every loss above it, or not finite; equal probabilities have the loss log 10

Fill = Callable[..., Tensor]
SCHEMES: dict[str, dict[str, Fill]] = {
    "relu": {
        "small": partial(torch.nn.init.normal_, std=0.01),
        "default": partial(kaiming_uniform_, a=math.sqrt(5)),
        "xavier": xavier_normal_,
        "he": kaiming_normal_,
        "orthogonal": partial(orthogonal_, gain=math.sqrt(2)),
    },
    "tanh": {
        "tanh_xavier": xavier_normal_,
        "tanh_gain": partial(xavier_normal_, gain=5 / 3),
        "tanh_orthogonal": orthogonal_,
    },
}


def load(config: Config, split: data.Split) -> tuple[Tensor, Tensor]:
    """Images with half the resolution as rows, of mean 0 and mean square 1 in the training set, and labels."""
    source = data.digits if config.dataset == "digits" else data.fashion_mnist

    def rows(pixels: Tensor) -> Tensor:
        return F.avg_pool2d(pixels.float(), 2).flatten(1)

    train, (pixels, labels) = rows(source("train")[0]), source(split)
    x = (rows(pixels) - train.mean()) / train.std()
    count = config.samples if split == "train" else config.test_samples
    return x[:count].to(config.device), labels[:count].to(config.device)


def initial(fills: list[Fill], features: int, config: Config) -> list[Tensor]:
    """Weights of all layers, each of shape (schemes, learning rates, seeds, out, in); biases begin at zero."""
    widths = [features, *[config.width] * (config.depth - 1), 10]
    networks = []
    for fill in fills:
        drawn = []
        for seed in config.seeds:
            generator = torch.Generator().manual_seed(seed)
            shapes = zip(widths[1:], widths[:-1], strict=True)
            drawn.append([fill(torch.empty(shape), generator=generator) for shape in shapes])
        networks.append([torch.stack(layer) for layer in zip(*drawn, strict=True)])
    layers = [torch.stack(layer) for layer in zip(*networks, strict=True)]
    return [layer.unsqueeze(1).repeat(1, len(config.lrs), 1, 1, 1).to(config.device) for layer in layers]


def logits(weights: list[Tensor], biases: list[Tensor], x: Tensor, activation: Callable[[Tensor], Tensor]) -> Tensor:
    """Of all networks, shape (schemes, learning rates, seeds, samples, 10)."""
    for weight, bias in zip(weights[:-1], biases[:-1], strict=True):
        x = activation(x @ weight.mT + bias)
    return x @ weights[-1].mT + biases[-1]


def losses(outputs: Tensor, labels: Tensor) -> Tensor:
    """Mean cross entropy of each network; the labels have the shape (seeds, samples)."""
    chosen = labels.expand(outputs.shape[:-1]).unsqueeze(-1)
    return -outputs.log_softmax(dim=-1).gather(-1, chosen).squeeze(-1).mean(dim=-1)


def train(kind: str, config: Config) -> tuple[Tensor, Tensor]:
    """Training losses in the course of training (schemes, lrs, seeds, points), and the test accuracies at the end."""
    x, labels = load(config, "train")
    weights = initial(list(SCHEMES[kind].values()), x.shape[1], config)
    biases = [torch.zeros(*weight.shape[:-2], 1, weight.shape[-2], device=config.device) for weight in weights]
    parameters = [tensor.requires_grad_() for tensor in weights + biases]
    activation = getattr(torch, kind)
    lrs = torch.tensor(config.lrs, device=config.device).view(-1, 1, 1, 1)
    generators = [torch.Generator().manual_seed(1000 + seed) for seed in config.seeds]
    curve, recent = [], []
    for step in progress(range(1, config.steps + 1), kind):
        batch = torch.stack([torch.randint(len(x), (config.batch,), generator=g) for g in generators]).to(config.device)
        loss = losses(logits(weights, biases, x[batch], activation), labels[batch])
        gradients = torch.autograd.grad(loss.sum(), parameters)  # each network's is that of its own loss
        with torch.no_grad():
            for parameter, gradient in zip(parameters, gradients, strict=True):
                parameter.sub_(lrs * gradient)
        recent.append(loss.detach())
        if step % (config.steps // config.points) == 0:
            curve.append(torch.stack(recent).mean(dim=0))
            recent = []
    with torch.no_grad():
        test, truth = load(config, "test")
        right = [
            (logits(weights, biases, part, activation).argmax(-1) == labels).float().sum(-1)
            for part, labels in zip(test.split(500), truth.split(500), strict=True)
        ]
    return torch.stack(curve, dim=-1).nan_to_num(nan=DIVERGED).clamp(max=DIVERGED), sum(right) / len(truth)


def run(config: Config) -> Run:
    started = time.time()
    series, results = {}, {}
    torch.set_flush_denormal(True)  # of activations that vanish, which would be many times slower
    measured = {kind: train(kind, config) for kind in SCHEMES}
    torch.set_flush_denormal(False)
    for kind, fills in SCHEMES.items():
        curves, accuracies = measured[kind]
        for name, curve, accuracy in zip(fills, curves, accuracies, strict=True):
            best = curve[..., -1].mean(dim=1).argmin()  # learning rate, by the mean loss of the last part
            series[f"{name}_loss"] = curve[best]
            results[f"{name}_loss"] = curve[best, :, -1]
            results[f"{name}_accuracy"] = accuracy[best]
            results[f"{name}_lr"] = [config.lrs[best]] * len(config.seeds)
    return record(config, started, series=series, results=results, data=config.dataset)


def smoke() -> Run:
    return run(
        Config(
            dataset="digits",
            samples=50,
            width=12,
            depth=4,
            lrs=(0.01, 0.1),
            batch=8,
            steps=4,
            test_samples=40,
            points=2,
            seeds=(0, 1),
            device="cpu",
        )
    )
