"""Digits under random rotations of growing angle: what training gains where test images turn, and what it confuses."""

import time
from dataclasses import dataclass

import torch
from torch import Tensor

from dlnotes.experiments import record
from dlnotes.experiments.regularization import SMALL as SMALL_TASK
from dlnotes.experiments.regularization import Config as Task
from dlnotes.experiments.regularization import Setting, accuracy, load_images, train, transform
from dlnotes.runs import Run


@dataclass(frozen=True)
class Config(Task):
    dataset: str = "digits"
    pool: int = 1
    hidden: tuple[int, ...] = (256,)
    steps: int = 3000
    validation: int = 200
    evaluations: int = 1
    angles: tuple[float, ...] = (0.0, 15.0, 30.0, 60.0, 90.0, 180.0)  # degrees, largest rotation to either side
    test_angles: tuple[float, ...] = (0.0, 30.0, 90.0)  # of the test images
    repeats: int = 5  # random rotations of each test image


CPU = Config(hidden=(128,), device="cpu")
SMALL = Config(**(vars(SMALL_TASK) | {"angles": (0.0, 90.0), "test_angles": (0.0, 30.0), "repeats": 2}))


def confusion(probabilities: Tensor, labels: Tensor) -> Tensor:
    """Share of the sixes and nines that are taken for one another."""
    guess = probabilities.argmax(-1)
    swapped = ((labels == 6) & (guess == 9)) | ((labels == 9) & (guess == 6))
    return swapped.float().sum(-1) / ((labels == 6) | (labels == 9)).sum()


def run(config: Config) -> Run:
    started = time.time()
    images = load_images(config)
    outcome = train(config, [Setting(rotation=angle) for angle in config.angles], images)
    series = {"confusion": confusion(outcome.probabilities, outcome.labels)}
    labels = images.test_labels.repeat(config.repeats)
    still, no_flip = torch.zeros(1, device=config.device), torch.zeros(1, device=config.device)
    for largest in config.test_angles:
        turned = images.test.repeat(config.repeats, 1, 1).unsqueeze(0)
        if largest:
            turned = transform(turned, still, torch.full_like(still, largest), no_flip)
        probabilities = outcome.networks.by_setting(outcome.networks.probabilities(turned))
        series[f"accuracy_{largest:.0f}"] = accuracy(probabilities, labels)
    results = {}
    for name, values in series.items():
        results |= {f"{name}_by_{angle:.0f}": values[:, i] for i, angle in enumerate(config.angles)}
    return record(config, started, series=series, results=results, data=config.dataset)


def smoke() -> Run:
    return run(SMALL)
