"""Softmax regression on images, by minibatch gradient descent with the chapter's own gradient.

All seeds train at once: weights and batches have a leading dimension that runs over them. The weights start at zero
(the loss is convex), so that the seeds differ in the order of the samples alone.
"""

import math
import time
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import one_hot

from dlnotes import data
from dlnotes.experiments import progress, record
from dlnotes.runs import Run
from dlnotes.softmax import log_softmax, softmax_regression_gradient

CLASSES = 10
BRIGHTEST = {"fashion_mnist": 255, "digits": 16}  # value of a white pixel


@dataclass(frozen=True)
class Config:
    dataset: str = "fashion_mnist"
    epochs: int = 20  # passes over the training set
    batch: int = 256  # samples a step
    lr: float = 0.2  # of the first step; falls linearly to zero
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    device: str = "cpu"


def run(config: Config) -> Run:
    """Trains once per seed; after each epoch measures the loss on all training and the accuracy on all test samples."""
    started = time.time()
    x, labels = _samples(config, "train")
    test_x, test_labels = _samples(config, "test")
    targets = one_hot(labels, CLASSES).float()
    generators = [torch.Generator().manual_seed(seed) for seed in config.seeds]
    weight = x.new_zeros(len(generators), CLASSES, x.shape[1])
    bias = x.new_zeros(len(generators), CLASSES)

    steps = config.epochs * math.ceil(len(x) / config.batch)
    rates = iter(torch.linspace(config.lr, 0, steps + 1))

    train_loss, test_accuracy = [], []
    for _ in progress(range(config.epochs), "epochs"):
        order = torch.stack([torch.randperm(len(x), generator=generator) for generator in generators])
        for rows in order.to(config.device).split(config.batch, dim=1):
            weight_gradient, bias_gradient = softmax_regression_gradient(x[rows], targets[rows], weight, bias)
            lr = next(rates).item()
            weight -= lr * weight_gradient
            bias -= lr * bias_gradient
        log_probs = log_softmax(_scores(x, weight, bias), dim=-1)
        train_loss.append(-(targets * log_probs).sum(-1).mean(-1))
        correct = _scores(test_x, weight, bias).argmax(-1) == test_labels
        test_accuracy.append(correct.float().mean(-1))

    class_accuracy = [correct[:, test_labels == c].float().mean(-1) for c in range(CLASSES)]
    return record(
        config,
        started,
        series={
            "train_loss": torch.stack(train_loss, dim=1),
            "test_accuracy": torch.stack(test_accuracy, dim=1),
            "class_accuracy": torch.stack(class_accuracy, dim=1),
        },
        results={"test_accuracy": test_accuracy[-1], "train_loss": train_loss[-1]},
        data=config.dataset,
    )


def smoke() -> Run:
    """The same code on the embedded digits, a second on a CPU."""
    return run(Config(dataset="digits", epochs=3, batch=64, seeds=(0, 1)))


def _samples(config: Config, split: str) -> tuple[Tensor, Tensor]:
    """Images as rows with pixels in [0, 1], and their labels."""
    images, labels = getattr(data, config.dataset)(split)
    pixels = images.flatten(1).float() / BRIGHTEST[config.dataset]
    return pixels.to(config.device), labels.to(config.device)


def _scores(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """Scores of all samples under each seed's classifier, shape (seeds, samples, classes)."""
    return x @ weight.mT + bias.unsqueeze(-2)
