"""Sigmoid, tanh and ReLU in a multilayer perceptron of ten layers: how far each gets, at its own best learning rate.

All learning rates and seeds of an activation run as one batch of networks.
"""

import time
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor
from torch.nn import functional as F

from dlnotes.experiments import progress, record
from dlnotes.experiments.residual_learning import batches, load_split
from dlnotes.runs import Run


@dataclass(frozen=True)
class Config:
    dataset: str = "fashion_mnist"  # or "digits"
    samples: int = 60_000  # of the training set, the first ones
    test_samples: int = 10_000
    pixels: int = 14  # height and width after mean pooling
    width: int = 64  # units of every hidden layer
    depth: int = 10  # layers with weights
    lrs: tuple[float, ...] = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
    epochs: int = 10  # passes over the samples
    batch: int = 64  # samples a step
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)  # initial weights and order of the samples
    device: str = "cuda"


CPU = Config(samples=4096, test_samples=5000, pixels=7, device="cpu")
ACTIVATIONS = {"sigmoid": (torch.sigmoid, 1.0), "tanh": (torch.tanh, 1.0), "relu": (torch.relu, 2.0)}  # and fan-in gain
DIVERGED = 10.0  # nats, recorded for a loss above it or not finite; chance is log 10 = 2.3


def initial(config: Config, sizes: list[int], gain: float) -> tuple[list[Tensor], list[Tensor]]:
    """Weights of variance gain / fan in, (lrs, seeds, inputs, outputs), and zero biases, (lrs, seeds, 1, outputs)."""
    generators = [torch.Generator().manual_seed(seed) for seed in config.seeds]
    weights, biases = [], []
    for inputs, outputs in pairwise(sizes):
        drawn = torch.stack([torch.randn(inputs, outputs, generator=generator) for generator in generators])
        spread = ((gain / inputs) ** 0.5 * drawn).to(config.device).expand(len(config.lrs), -1, -1, -1)
        weights.append(spread.clone().requires_grad_())
        bias = torch.zeros(len(config.lrs), len(config.seeds), 1, outputs, device=config.device)
        biases.append(bias.requires_grad_())
    return weights, biases


def logits(x: Tensor, weights: list[Tensor], biases: list[Tensor], activation) -> Tensor:
    """Scores of every network, shape (lrs, seeds, samples, classes)."""
    for weight, bias in zip(weights[:-1], biases[:-1], strict=True):
        x = activation(x @ weight + bias)
    return x @ weights[-1] + biases[-1]


def losses(scores: Tensor, y: Tensor) -> Tensor:
    """Mean cross entropy of every network; y has the shape (seeds, samples) or (1, samples)."""
    y = y.expand(scores.shape[:-1])
    return F.cross_entropy(scores.flatten(0, 2), y.flatten(), reduction="none").view(y.shape).mean(dim=-1)


def train(config: Config, split, activation, gain: float, label: str) -> tuple[Tensor, Tensor, Tensor]:
    """Training loss after every epoch, gradient norm of every layer's weights at the start, and test error.

    Their shapes are (seeds, lrs, epochs), (seeds, layers) and (seeds, lrs).
    """
    classes = int(split.train_y.max()) + 1
    sizes = [config.pixels**2, *[config.width] * (config.depth - 1), classes]
    weights, biases = initial(config, sizes, gain)
    train_x, test_x = split.train_x.flatten(1), split.test_x.flatten(1)
    lr = torch.tensor(config.lrs, device=config.device).view(-1, 1, 1, 1)
    steps = len(train_x) // config.batch
    curve, start = [], None
    for step, index in enumerate(progress(batches(config, len(train_x)), label, total=config.epochs * steps)):
        index = index.T.to(config.device)
        loss = losses(logits(train_x[index], weights, biases, activation), split.train_y[index])
        gradients = torch.autograd.grad(loss.sum(), [*weights, *biases])
        if start is None:
            start = torch.stack([gradient[0].flatten(1).norm(dim=1) for gradient in gradients[: len(weights)]], dim=1)
        with torch.no_grad():
            for parameter, gradient in zip([*weights, *biases], gradients, strict=True):
                parameter.sub_(lr * gradient)
            if (step + 1) % steps == 0:
                curve.append(losses(logits(train_x, weights, biases, activation), split.train_y))
    with torch.no_grad():
        wrong = logits(test_x, weights, biases, activation).argmax(dim=-1) != split.test_y
    curves = torch.stack(curve, dim=-1).transpose(0, 1).nan_to_num(nan=DIVERGED).clamp(max=DIVERGED)
    return curves, start, wrong.double().mean(dim=-1).T


def run(config: Config) -> Run:
    started = time.time()
    split = load_split(config)
    series, results = {}, {}
    for name, (activation, gain) in ACTIVATIONS.items():
        curves, start, wrong = train(config, split, activation, gain, name)
        best = curves[..., -1].mean(dim=0).argmin()  # learning rate, by mean loss
        series[f"{name}_loss"] = curves[:, best]
        series[f"{name}_gradient"] = start
        results[f"{name}_loss"] = curves[:, best, -1]
        results[f"{name}_test_error"] = wrong[:, best]
        results[f"{name}_lr"] = [config.lrs[best]] * len(config.seeds)
    return record(config, started, series=series, results=results, data=config.dataset)


def smoke() -> Run:
    """The same code on the embedded digits, in seconds on a CPU."""
    small = {"dataset": "digits", "samples": 128, "test_samples": 50, "pixels": 8, "width": 8, "depth": 3}
    return run(Config(**small, lrs=(0.1, 1.0), epochs=2, seeds=(0, 1), device="cpu"))
