"""Digits learned by a hidden layer whose units begin equal, nearly equal or at random."""

import time
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from dlnotes import data
from dlnotes.experiments import progress, record
from dlnotes.initialization import xavier_normal_
from dlnotes.runs import Run


@dataclass(frozen=True)
class Config:
    hidden: int = 16  # tanh units
    constant: float = 0.1  # every weight of the scheme "constant"
    noise: float = 1e-6  # standard deviation of what "noisy" adds to the constant
    lr: float = 0.5
    steps: int = 2000  # of gradient descent, all training images at once
    every: int = 50  # steps between recorded points
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    device: str = "cpu"


CPU = Config()


def initial(scheme: str, features: int, config: Config) -> list[Tensor]:
    """Weights and biases of the hidden and of the output layer, stacked over the seeds."""

    def weight(rows: int, columns: int, generator: torch.Generator) -> Tensor:
        drawn = torch.empty(rows, columns)
        if scheme == "random":
            return xavier_normal_(drawn, generator=generator)
        constant = 0.0 if scheme == "zero" else config.constant
        noise = config.noise if scheme == "noisy" else 0.0
        return constant + noise * drawn.normal_(generator=generator)

    generators = [torch.Generator().manual_seed(seed) for seed in config.seeds]
    weights = [
        torch.stack([weight(*shape, generator) for generator in generators])
        for shape in ((config.hidden, features), (10, config.hidden))
    ]
    tensors = [tensor for w in weights for tensor in (w, torch.zeros(w.shape[0], 1, w.shape[1]))]
    return [tensor.to(config.device).requires_grad_() for tensor in tensors]


def logits(parameters: list[Tensor], x: Tensor) -> Tensor:
    """Shape (seeds, samples, 10)."""
    W1, b1, W2, b2 = parameters
    return torch.tanh(x @ W1.mT + b1) @ W2.mT + b2


def train(scheme: str, config: Config) -> dict[str, Tensor]:
    """Losses and spreads of the units in the course of training, and the test accuracy at the end, by seed."""
    (train_images, labels), (test_images, truth) = data.digits("train"), data.digits("test")
    x, test = (images.flatten(1).to(config.device) / 16 for images in (train_images, test_images))
    parameters = initial(scheme, x.shape[1], config)
    losses, spreads = [], []
    for step in progress(range(config.steps + 1), scheme):
        outputs = logits(parameters, x)
        target = labels.to(config.device).expand(len(config.seeds), -1)
        loss = F.cross_entropy(outputs.movedim(-1, 1), target, reduction="none").mean(dim=-1)
        if step % config.every == 0:
            W1 = parameters[0].detach()
            losses.append(loss.detach())
            spreads.append((W1 - W1[:, :1]).square().mean(dim=(1, 2)).sqrt())  # from the first unit
        gradients = torch.autograd.grad(loss.sum(), parameters)  # each network's is that of its own loss
        with torch.no_grad():
            for parameter, gradient in zip(parameters, gradients, strict=True):
                parameter.sub_(config.lr * gradient)
    right = logits(parameters, test).argmax(-1) == truth.to(config.device)
    return {
        "loss": torch.stack(losses, dim=1),
        "spread": torch.stack(spreads, dim=1),
        "accuracy": right.double().mean(dim=1),
    }


def run(config: Config) -> Run:
    started = time.time()
    series, results = {}, {}
    for scheme in ("zero", "constant", "noisy", "random"):
        measured = train(scheme, config)
        series[f"{scheme}_loss"] = measured["loss"]
        series[f"{scheme}_spread"] = measured["spread"]
        results[f"{scheme}_loss"] = measured["loss"][:, -1]
        results[f"{scheme}_accuracy"] = measured["accuracy"]
    return record(config, started, series=series, results=results, data="digits")


def smoke() -> Run:
    return run(Config(hidden=3, steps=4, every=2, seeds=(0, 1)))
