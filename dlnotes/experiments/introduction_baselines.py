"""A linear machine with hinge loss, a tree, a forest and a network, on a table, on images and on rings."""

import math
import time
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, one_hot

from dlnotes import data
from dlnotes.experiments import progress, record
from dlnotes.introduction import grow_tree, multi_margin_loss
from dlnotes.runs import Run

DATASETS = ("penguins", "digits", "rings")
LEARNERS = ("linear_svm", "tree", "forest", "mlp")


@dataclass(frozen=True)
class Config:
    test_share: float = 0.25  # of the samples; each seed splits anew
    tree_depth: int = 10
    trees: int = 30  # of the forest
    hidden: int = 32  # units of the network
    steps: int = 500  # full-batch steps of Adam, for the linear machine and the network
    lr: float = 0.02
    weight_decay: float = 1e-3
    samples: int = 1200  # at most, of each data set
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    device: str = "cpu"


def rings(count: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """A disc and a ring around it, two classes; coordinates."""
    labels = torch.randint(2, (count,), generator=generator)
    radius = 1 + 1.5 * labels + 0.25 * torch.randn(count, generator=generator)
    angle = 2 * math.pi * torch.rand(count, generator=generator)
    return torch.stack([radius * angle.cos(), radius * angle.sin()], dim=1), labels


def samples(name: str, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    if name == "rings":
        return rings(800, generator)
    if name == "penguins":
        x, labels = data.penguins()
        return x.float(), labels
    images, labels = data.digits("train")
    return images.flatten(1).float(), labels


def fit_by_gradient(model: nn.Module, loss, x: Tensor, labels: Tensor, config: Config) -> nn.Module:
    optimizer = torch.optim.AdamW(model.parameters(), lr=config.lr, weight_decay=config.weight_decay)
    for _ in range(config.steps):
        optimizer.zero_grad()
        loss(model(x), labels).backward()
        optimizer.step()
    return model


def scores(learner: str, x: Tensor, labels: Tensor, test_x: Tensor, config: Config, generator) -> Tensor:
    """What a learner, trained on x, says of test_x, shape (n, classes)."""
    classes = int(labels.max()) + 1
    targets = one_hot(labels, classes).float()
    match learner:
        case "linear_svm":
            return fit_by_gradient(nn.Linear(x.shape[1], classes), multi_margin_loss, x, labels, config)(test_x)
        case "mlp":
            layers = nn.Linear(x.shape[1], config.hidden), nn.ReLU(), nn.Linear(config.hidden, classes)
            return fit_by_gradient(nn.Sequential(*layers), cross_entropy, x, labels, config)(test_x)
        case "tree":
            return grow_tree(x, targets, config.tree_depth).predict(test_x)
    some = math.ceil(math.sqrt(x.shape[1]))  # features a split may ask for
    votes = []
    for _ in range(config.trees):
        drawn = torch.randint(len(x), (len(x),), generator=generator)  # bagging: a sample with replacement
        votes.append(grow_tree(x[drawn], targets[drawn], config.tree_depth, some, generator).predict(test_x))
    return torch.stack(votes).mean(0)


def accuracies(name: str, seed: int, config: Config) -> list[float]:
    """Test accuracy of every learner for one split; all on the CPU, trees are no work for a GPU."""
    generator = torch.Generator().manual_seed(seed)
    torch.manual_seed(seed)  # initial weights
    x, labels = samples(name, generator)
    order = torch.randperm(len(x), generator=generator)[: config.samples]
    test = round(config.test_share * len(order))
    mean, std = x[order[test:]].mean(0), x[order[test:]].std(0)
    x = (x - mean) / std.clamp(min=1e-6)
    (test_x, train_x), (test_labels, train_labels) = ((part[order[:test]], part[order[test:]]) for part in (x, labels))
    said = [scores(learner, train_x, train_labels, test_x, config, generator) for learner in LEARNERS]
    return [(score.argmax(1) == test_labels).float().mean().item() for score in said]


def run(config: Config) -> Run:
    """Trains every learner on every data set once per seed."""
    started = time.time()
    jobs = [(name, seed) for name in DATASETS for seed in config.seeds]
    found = torch.tensor([accuracies(*job, config) for job in progress(jobs, "splits")])
    found = found.view(len(DATASETS), len(config.seeds), len(LEARNERS))
    results = {
        f"{name}_{learner}": found[i, :, j] for i, name in enumerate(DATASETS) for j, learner in enumerate(LEARNERS)
    }
    return record(config, started, results=results, data=("penguins", "digits"))


def smoke() -> Run:
    """Small samples, few trees, two splits."""
    return run(Config(tree_depth=4, trees=5, steps=100, samples=200, seeds=(0, 1)))
