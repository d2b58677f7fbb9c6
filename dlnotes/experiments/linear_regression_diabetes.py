"""Progression of diabetes from ten measurements, fitted and tested on random splits of the patients.

A seed is one split. Features are standardised by the mean and standard deviation of the training patients, so that a
coefficient is the change of the prediction for one standard deviation of its feature.
"""

import time
from dataclasses import dataclass

import torch
from torch import Tensor

from dlnotes import data
from dlnotes.experiments import progress, record
from dlnotes.linear_regression import linear, lstsq, mse_loss
from dlnotes.runs import Run


@dataclass(frozen=True)
class Config:
    train: int = 353  # patients to fit, of 442: 80 %; the others test
    seeds: tuple[int, ...] = tuple(range(100))  # one split each
    device: str = "cpu"


def run(config: Config) -> Run:
    """Errors with all features and with none, and each feature's coefficient, beside the others and alone."""
    started = time.time()
    features, target = (part.to(config.device) for part in data.diabetes())
    together, alone = [], []
    errors = {"train_rmse": [], "test_rmse": [], "constant_rmse": []}
    for seed in progress(config.seeds, "splits"):
        order = torch.randperm(len(target), generator=torch.Generator().manual_seed(seed))
        fit, test = order[: config.train], order[config.train :]
        mean, std = features[fit].mean(0), features[fit].std(0, correction=0)
        x, centre = (features - mean) / std, target[fit].mean()
        weight = lstsq(x[fit], target[fit] - centre)  # centred features: the bias is the mean of the targets
        predictions = linear(x, weight, centre)
        errors["train_rmse"].append(mse_loss(predictions[fit], target[fit]).sqrt())
        errors["test_rmse"].append(mse_loss(predictions[test], target[test]).sqrt())
        errors["constant_rmse"].append(mse_loss(centre.expand(len(test)), target[test]).sqrt())
        together.append(weight)
        alone.append(_alone(x[fit], target[fit] - centre))

    results = {name: torch.stack(values) for name, values in errors.items()}
    results["gain"] = 1 - (results["test_rmse"] / results["constant_rmse"]) ** 2
    series = {"together": torch.stack(together), "alone": torch.stack(alone)}
    return record(config, started, series=series, results=results, data="diabetes")


def smoke() -> Run:
    """Two splits."""
    return run(Config(seeds=(0, 1)))


def _alone(x: Tensor, target: Tensor) -> Tensor:
    """The slope of each feature in a regression on it alone; x has mean 0 and variance 1 in every column."""
    return x.T @ target / len(target)
