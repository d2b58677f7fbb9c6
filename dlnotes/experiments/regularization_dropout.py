"""Dropout: how much, at which place, and whether one pass without it equals the average over many masks.

The task and the networks are those of the experiment `regularization`.
"""

import time
from dataclasses import dataclass

import torch
from torch import Tensor

from dlnotes.experiments import record
from dlnotes.experiments.regularization import SMALL as SMALL_TASK
from dlnotes.experiments.regularization import Config as Task
from dlnotes.experiments.regularization import Outcome, Setting, accuracy, cross_entropy, load_images, tested, train
from dlnotes.runs import Run


@dataclass(frozen=True)
class Config(Task):
    rates: tuple[float, ...] = (0.0, 0.1, 0.3, 0.5, 0.7, 0.9)  # of dropping hidden units
    place_rate: float = 0.5  # at one place alone
    masks: tuple[int, ...] = (1, 2, 5, 10, 20, 50)  # over which predictions are averaged
    masked_images: int = 1000  # of the test set, for these averages


CPU = Config(hidden=(128,), steps=1000, device="cpu")
SMALL = Config(**(vars(SMALL_TASK) | {"rates": (0.0, 0.5), "masks": (1, 3), "masked_images": 20}))


def average_over_masks(config: Config, outcome: Outcome, settings: list[Setting], images: Tensor) -> dict[str, Tensor]:
    """Accuracy, loss and distance of averages over masks, shapes (seeds, numbers of masks), and of one pass without."""
    first = settings.index(Setting(dropout=(0.0, config.place_rate, 0.0))) * len(config.seeds)
    chosen = slice(first, first + len(config.seeds))
    networks = outcome.networks.copy([parameter.detach()[chosen] for parameter in outcome.networks.parameters])
    x = images[: config.masked_images].flatten(1).unsqueeze(0)
    labels = outcome.labels[: config.masked_images]
    rate = torch.full((len(config.seeds),), config.place_rate, device=config.device)
    scaled = networks.logits(x).softmax(-1)
    total, averages = torch.zeros_like(scaled), []
    for drawn in range(1, max(config.masks) + 1):
        total += networks.logits(x, (0 * rate, rate, 0 * rate)).softmax(-1)
        if drawn in config.masks:
            averages.append(total / drawn)
    return {
        "masks_accuracy": torch.stack([accuracy(mean, labels) for mean in averages], dim=1),
        "masks_nll": torch.stack([cross_entropy(mean, labels) for mean in averages], dim=1),
        "masks_distance": torch.stack([(mean - scaled).abs().sum(-1).mean(-1) / 2 for mean in averages], dim=1),
        "scaled_accuracy": accuracy(scaled, labels),
        "scaled_nll": cross_entropy(scaled, labels),
    }


def run(config: Config) -> Run:
    started = time.time()
    rate = config.place_rate
    sweep = [Setting(dropout=(0.0, p, 0.0)) for p in config.rates]
    places = {
        "input": Setting(dropout=(rate, 0.0, 0.0)),
        "hidden": Setting(dropout=(0.0, rate, 0.0)),
        "logits": Setting(dropout=(0.0, 0.0, rate)),
    }
    settings = sweep + [setting for setting in places.values() if setting not in sweep]
    images = load_images(config)
    outcome = train(config, settings, images)
    averages = average_over_masks(config, outcome, settings, images.test)
    results = {name: averages.pop(name) for name in ("scaled_accuracy", "scaled_nll")}
    results["masks_all_nll"] = averages["masks_nll"][:, -1]
    series = averages | {
        "train_loss": outcome.train_loss[..., : len(sweep), -1],
        "accuracy": accuracy(outcome.probabilities, outcome.labels)[:, : len(sweep)],
        "nll": cross_entropy(outcome.probabilities, outcome.labels)[:, : len(sweep)],
    }
    for name, setting in places.items():
        index = settings.index(setting)
        results |= tested(name, outcome.probabilities[:, index], outcome.labels)
        results[f"{name}_train_loss"] = outcome.train_loss[:, index, -1]
    results |= tested("none", outcome.probabilities[:, 0], outcome.labels)
    results["none_train_loss"] = outcome.train_loss[:, 0, -1]
    return record(config, started, series=series, results=results, data=config.dataset)


def smoke() -> Run:
    return run(SMALL)
