"""Ensembles: networks that differ in their initial weights alone, or in bootstrap samples too; their errors together.

The task and the networks are those of the experiment `regularization`, without other regularisation.
"""

import time
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from dlnotes.experiments import record
from dlnotes.experiments.regularization import SMALL as SMALL_TASK
from dlnotes.experiments.regularization import Config as Task
from dlnotes.experiments.regularization import Setting, accuracy, cross_entropy, load_images, train
from dlnotes.runs import Run


@dataclass(frozen=True)
class Config(Task):
    sizes: tuple[int, ...] = (1, 2, 5, 10)  # networks in an ensemble; the largest is how many are trained


CPU = Config(hidden=(128,), steps=600, evaluations=1, device="cpu")
SMALL = Config(**(vars(SMALL_TASK) | {"sizes": (1, 2), "evaluations": 1}))


def groups(members: Tensor, size: int) -> Tensor:
    """Disjoint groups of the members, shape (seeds, members // size, size, …)."""
    return members[:, : members.shape[1] // size * size].unflatten(1, (-1, size))


def votes(probabilities: Tensor) -> Tensor:
    """Share of the votes for each class, of probabilities (seeds, groups, members, samples, classes)."""
    return F.one_hot(probabilities.argmax(-1), probabilities.shape[-1]).float().mean(2)


def correlation(members: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
    """Mean square error per network and the mean correlation of two networks' errors, over samples and classes.

    members: probabilities (seeds, members, samples, classes).
    """
    errors = (members - F.one_hot(labels, members.shape[-1])).flatten(2)
    count = errors.shape[1]
    products = errors @ errors.mT / errors.shape[-1]
    own = products.diagonal(dim1=1, dim2=2).mean(1)
    others = (products.sum((1, 2)) - count * own) / (count * (count - 1))
    return own, others / own


def run(config: Config) -> Run:
    started = time.time()
    count = max(config.sizes)
    kinds = {"initialisation": False, "bagging": True}
    settings = [Setting(member=m, bootstrap=bootstrap) for bootstrap in kinds.values() for m in range(count)]
    outcome = train(config, settings, load_images(config))
    series, results = {}, {}
    for kind, members in zip(kinds, outcome.probabilities.split(count, dim=1), strict=True):
        measured = {f"{kind}_{name}": [] for name in ("accuracy", "vote_accuracy", "nll", "square_error")}
        for size in config.sizes:
            grouped = groups(members, size)
            mean = grouped.mean(2)
            right = F.one_hot(outcome.labels, mean.shape[-1])
            measured[f"{kind}_accuracy"].append(accuracy(mean, outcome.labels).mean(1))
            measured[f"{kind}_vote_accuracy"].append(accuracy(votes(grouped), outcome.labels).mean(1))
            measured[f"{kind}_nll"].append(cross_entropy(mean, outcome.labels).mean(1))
            measured[f"{kind}_square_error"].append((mean - right).square().mean((1, 2, 3)))
        stacked = {name: torch.stack(values, dim=1) for name, values in measured.items()}
        series |= stacked
        results |= {f"{name}_one": values[:, 0] for name, values in stacked.items()}
        results |= {f"{name}_all": values[:, -1] for name, values in stacked.items()}
        results[f"{kind}_error"], results[f"{kind}_correlation"] = correlation(members, outcome.labels)
    return record(config, started, series=series, results=results, data=config.dataset)


def smoke() -> Run:
    return run(SMALL)
