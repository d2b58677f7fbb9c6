"""A multilayer perceptron by matrix products and the chapter's formulas, beside the same network under autograd.

Both see the same minibatches from the same initial weights. Accuracy and loss come from float32; how far the weights of
the two drift apart is measured in float64 over the first steps.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from dlnotes import data
from dlnotes.backpropagation import backward, forward, he_normal, mean_cross_entropy, sgd_step
from dlnotes.experiments import progress, record
from dlnotes.runs import Run


@dataclass(frozen=True)
class Config:
    dataset: str = "fashion_mnist"  # or "digits"
    hidden: tuple[int, ...] = (256, 128)  # units of the hidden layers, ReLU
    epochs: int = 30  # passes over the training set
    batch: int = 256  # samples a step
    lr: float = 0.05  # step size at the start; falls linearly to 0
    momentum: float = 0.9
    float64_steps: int = 300  # steps after which the weights of both are compared in float64
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)  # initial weights and order of the samples
    device: str = "cuda"


CPU = Config(epochs=12, device="cpu")


class Split(NamedTuple):
    """Samples as rows, standardised by the training set's mean and deviation, and their classes."""

    train_x: Tensor
    train_y: Tensor  # one-hot
    test_x: Tensor
    test_labels: Tensor


def load_split(config: Config, dtype: torch.dtype) -> Split:
    load = getattr(data, config.dataset)
    (train, train_labels), (test, test_labels) = load("train"), load("test")
    train, test = (images.flatten(1).to(config.device, dtype) for images in (train, test))
    mean, std = train.mean(), train.std()
    classes = int(train_labels.max()) + 1
    one_hot = F.one_hot(train_labels.to(config.device), classes).to(dtype)
    return Split((train - mean) / std, one_hot, (test - mean) / std, test_labels.to(config.device))


def minibatches(config: Config, samples: int) -> Iterator[Tensor]:
    """Indices of every step, shape (seeds, batch); each seed has its own order, an incomplete batch is left out."""
    generators = [torch.Generator().manual_seed(seed) for seed in config.seeds]
    for _ in range(config.epochs):
        orders = torch.stack([torch.randperm(samples, generator=generator) for generator in generators])
        for start in range(0, samples - config.batch + 1, config.batch):
            yield orders[:, start : start + config.batch].to(config.device)


class ByFormulas:
    """Networks of all seeds at once, by matrix products alone."""

    def __init__(self, config: Config, sizes: list[int], dtype: torch.dtype):
        networks = [he_normal(sizes, torch.Generator().manual_seed(seed), dtype) for seed in config.seeds]
        weights, biases = zip(*networks, strict=True)
        self.weights = [torch.stack(layer).to(config.device) for layer in zip(*weights, strict=True)]
        self.biases = [torch.stack(layer).to(config.device) for layer in zip(*biases, strict=True)]
        self.velocities = [torch.zeros_like(p) for p in self.parameters()]
        self.momentum = config.momentum

    def parameters(self) -> list[Tensor]:
        return [*self.weights, *self.biases]

    def step(self, x: Tensor, y: Tensor, lr: float) -> Tensor:
        """One step on a minibatch of each seed; returns the losses before it."""
        outputs = forward(x, self.weights, self.biases)
        weight_grads, bias_grads = backward(outputs, y, self.weights)
        sgd_step(self.parameters(), [*weight_grads, *bias_grads], self.velocities, lr, self.momentum)
        return mean_cross_entropy(outputs[-1], y)

    def logits(self, x: Tensor) -> Tensor:
        return forward(x.expand(len(self.weights[0]), -1, -1), self.weights, self.biases)[-1]


class ByAutograd:
    """The same networks as torch.nn modules, with torch's loss, backward pass and optimiser."""

    def __init__(self, config: Config, sizes: list[int], dtype: torch.dtype):
        self.networks = []
        for seed in config.seeds:
            weights, _ = he_normal(sizes, torch.Generator().manual_seed(seed), dtype)
            layers = [nn.Linear(fan_in, fan_out, dtype=dtype) for fan_in, fan_out in pairwise(sizes)]
            for layer, weight in zip(layers, weights, strict=True):
                nn.init.zeros_(layer.bias)
                layer.weight.data = weight
            hidden = [module for layer in layers[:-1] for module in (layer, nn.ReLU())]
            self.networks.append(nn.Sequential(*hidden, layers[-1]).to(config.device))
        self.optimisers = [torch.optim.SGD(n.parameters(), lr=0.0, momentum=config.momentum) for n in self.networks]

    def parameters(self) -> list[Tensor]:
        """Weights, then biases, stacked over the seeds."""
        stacked = [torch.stack(p).detach() for p in zip(*(n.parameters() for n in self.networks), strict=True)]
        return stacked[::2] + stacked[1::2]

    def step(self, x: Tensor, y: Tensor, lr: float) -> Tensor:
        """One step on a minibatch of each seed; returns the losses before it."""
        losses = []
        for network, optimiser, x_seed, y_seed in zip(self.networks, self.optimisers, x, y, strict=True):
            optimiser.param_groups[0]["lr"] = lr
            optimiser.zero_grad()
            loss = F.cross_entropy(network(x_seed), y_seed)
            loss.backward()
            optimiser.step()
            losses.append(loss.detach())
        return torch.stack(losses)

    def logits(self, x: Tensor) -> Tensor:
        with torch.no_grad():
            return torch.stack([network(x) for network in self.networks])


def train(learner, config: Config, split: Split) -> dict[str, Tensor]:
    """Mean training loss of each epoch and test accuracy after it, both of shape (seeds, epochs)."""
    steps = len(split.train_x) // config.batch
    batches = minibatches(config, len(split.train_x))
    losses, accuracies = [], []
    for epoch in progress(range(config.epochs), type(learner).__name__):
        total = torch.zeros(len(config.seeds), device=config.device)
        for step, index in enumerate(islice(batches, steps), epoch * steps):
            lr = config.lr * (1 - step / (config.epochs * steps))
            total += learner.step(split.train_x[index], split.train_y[index], lr)
        losses.append(total / steps)
        correct = learner.logits(split.test_x).argmax(dim=-1) == split.test_labels
        accuracies.append(correct.double().mean(dim=-1))
    return {"train_loss": torch.stack(losses, dim=1), "test_accuracy": torch.stack(accuracies, dim=1)}


def weight_difference(config: Config) -> Tensor:
    """Largest difference of any weight or bias between the two after the first steps in float64, one for each seed."""
    split = load_split(config, torch.float64)
    sizes = layer_sizes(config, split)
    learners = [kind(config, sizes, torch.float64) for kind in (ByFormulas, ByAutograd)]
    batches = islice(minibatches(config, len(split.train_x)), config.float64_steps)
    for index in progress(batches, "float64", total=config.float64_steps):
        for learner in learners:
            learner.step(split.train_x[index], split.train_y[index], config.lr)
    pairs = zip(*(learner.parameters() for learner in learners), strict=True)
    return torch.stack([(ours - theirs).flatten(1).abs().amax(dim=1) for ours, theirs in pairs]).amax(dim=0)


def layer_sizes(config: Config, split: Split) -> list[int]:
    return [split.train_x.shape[1], *config.hidden, split.train_y.shape[1]]


def run(config: Config) -> Run:
    started = time.time()
    split = load_split(config, torch.float32)
    sizes = layer_sizes(config, split)
    formulas = train(ByFormulas(config, sizes, torch.float32), config, split)
    autograd = train(ByAutograd(config, sizes, torch.float32), config, split)
    return record(
        config,
        started,
        series={
            "train_loss": formulas["train_loss"],
            "test_accuracy": formulas["test_accuracy"],
            "autograd_train_loss": autograd["train_loss"],
            "autograd_test_accuracy": autograd["test_accuracy"],
        },
        results={
            "test_accuracy": formulas["test_accuracy"][:, -1],
            "autograd_test_accuracy": autograd["test_accuracy"][:, -1],
            "accuracy_gap": (formulas["test_accuracy"] - autograd["test_accuracy"])[:, -1].abs(),
            "train_loss": formulas["train_loss"][:, -1],
            "weight_difference": weight_difference(config),
        },
        data=config.dataset,
    )


def smoke() -> Run:
    """The same code on the embedded digits, in seconds on a CPU."""
    return run(
        Config(dataset="digits", hidden=(32, 16), epochs=3, batch=64, float64_steps=50, seeds=(0, 1), device="cpu")
    )
