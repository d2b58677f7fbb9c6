"""Diabetes from ten measurements, their squares and products: ridge and lasso along λ, and the error as data grow.

A seed splits the patients into training, validation and test sets. λ is chosen on the validation set and judged on the
test set. Features are standardised, and targets centred, by the training patients.
"""

import time
from dataclasses import dataclass

import torch
from torch import Tensor

from dlnotes import data
from dlnotes.experiments import progress, record
from dlnotes.regularization import lasso, ridge
from dlnotes.runs import Run


@dataclass(frozen=True)
class Config:
    train: int = 120  # patients, of 442
    validation: int = 120  # the others test
    ridge_penalties: tuple[float, float] = (-1.0, 5.0)  # powers of ten, from and to
    lasso_penalties: tuple[float, float] = (1.0, 4.0)
    penalties: int = 25  # λ between them, spaced evenly in the logarithm
    path_penalties: tuple[float, float] = (1.0, 5.0)  # powers of ten, of the ten weights' paths for all patients
    path: int = 60
    sizes: tuple[int, ...] = (14, 18, 24, 32, 48, 64, 96, 128, 192, 256)  # training patients of the learning curve
    seeds: tuple[int, ...] = tuple(range(20))  # one split each
    device: str = "cpu"


CPU = Config()


def expand(features: Tensor) -> Tensor:
    """The measurements, standardised, and their squares and products; not the square of the sex, which has two values.

    A seed's training patients do not enter here; what is made is standardised again by them.
    """
    scaled = (features - features.mean(0)) / features.std(0)
    first, second = torch.triu_indices(10, 10)
    products = scaled[:, first] * scaled[:, second]
    kept = ~((first == 1) & (second == 1))
    return torch.cat([scaled, products[:, kept]], dim=1)


def standardised(x: Tensor, fit: Tensor) -> Tensor:
    return (x - x[fit].mean(0)) / x[fit].std(0, correction=0)


def errors(x: Tensor, y: Tensor, centre: Tensor, weights: Tensor) -> Tensor:
    """Mean square error of each solution, shape (penalties,)."""
    return (x @ weights.T + centre - y.unsqueeze(1)).square().mean(0)


def learning_curve(config: Config, features: Tensor, target: Tensor, order: Tensor) -> tuple[Tensor, Tensor]:
    """Mean square errors of plain least squares on the ten measurements, on training patients and on the last 150."""
    test, train_errors, test_errors = order[-150:], [], []
    for size in config.sizes:
        fit = order[:size]
        x, centre = standardised(features, fit), target[fit].mean()
        weights = ridge(x[fit], target[fit] - centre, torch.zeros(1, dtype=x.dtype))
        train_errors.append(errors(x[fit], target[fit], centre, weights))
        test_errors.append(errors(x[test], target[test], centre, weights))
    return torch.cat(train_errors), torch.cat(test_errors)


def all_patients(config: Config, features: Tensor, target: Tensor) -> dict[str, Tensor]:
    """Weights of the ten measurements along λ, their matrix' singular values, and the variance of the noise."""
    x, y = standardised(features, torch.arange(len(target))), target - target.mean()
    penalties = torch.logspace(*config.path_penalties, config.path, dtype=torch.float64)
    residual = y - x @ ridge(x, y, 0.0)
    return {
        "path_penalty": penalties,
        "path_ridge": ridge(x, y, penalties),
        "path_lasso": lasso(x, y, penalties, tol=1e-6),
        "singular_values": torch.linalg.svdvals(x),
        "noise_variance": (residual.square().sum() / (len(y) - x.shape[1] - 1)).unsqueeze(0),
    }


def run(config: Config) -> Run:
    started = time.time()
    features, target = data.diabetes()
    expanded = expand(features)
    kinds = {"ridge": (ridge, config.ridge_penalties), "lasso": (lasso, config.lasso_penalties)}
    penalties = {
        name: torch.logspace(*powers, config.penalties, dtype=torch.float64) for name, (_, powers) in kinds.items()
    }
    series = {f"{name}_{part}": [] for name in kinds for part in ("train", "test")}
    series |= {"curve_train": [], "curve_test": [], "lasso_kept": []}
    results = {"plain_rmse": [], "plain_train_rmse": [], "constant_rmse": [], "lasso_best_kept": []}
    results |= {f"{name}_{what}": [] for name in kinds for what in ("rmse", "best_penalty")}
    for seed in progress(config.seeds, "splits"):
        order = torch.randperm(len(target), generator=torch.Generator().manual_seed(seed))
        fit, validation, test = order.tensor_split([config.train, config.train + config.validation])
        x, centre = standardised(expanded, fit), target[fit].mean()
        plain = ridge(x[fit], target[fit] - centre, torch.zeros(1, dtype=torch.float64))
        results["plain_train_rmse"].append(errors(x[fit], target[fit], centre, plain)[0].sqrt())
        results["plain_rmse"].append(errors(x[test], target[test], centre, plain)[0].sqrt())
        results["constant_rmse"].append((target[test] - centre).square().mean().sqrt())
        for name, (solve, _) in kinds.items():
            options = {"tol": 1e-5} if solve is lasso else {}
            weights = solve(x[fit], target[fit] - centre, penalties[name], **options)
            test_errors = errors(x[test], target[test], centre, weights)
            best = errors(x[validation], target[validation], centre, weights).argmin()
            series[f"{name}_train"].append(errors(x[fit], target[fit], centre, weights))
            series[f"{name}_test"].append(test_errors)
            results[f"{name}_rmse"].append(test_errors[best].sqrt())
            results[f"{name}_best_penalty"].append(penalties[name][best])
        kept = (weights != 0).sum(1)
        series["lasso_kept"].append(kept)
        results["lasso_best_kept"].append(kept[best])
        train_errors, test_errors = learning_curve(config, features, target, order)
        series["curve_train"].append(train_errors)
        series["curve_test"].append(test_errors)
    series |= {f"{name}_penalty": values for name, values in penalties.items()}
    pairs = zip(results["ridge_rmse"], results["lasso_rmse"], strict=True)
    results["lasso_gain"] = [with_ridge - with_lasso for with_ridge, with_lasso in pairs]
    axes = {f"{name}_penalty": ["penalty"] for name in kinds}
    whole = all_patients(config, features, target)
    series |= whole
    axes |= {name: ["penalty", "feature"][: values.ndim] for name, values in whole.items()}
    return record(config, started, series=series, results=results, axes=axes, data="diabetes")


def smoke() -> Run:
    return run(Config(penalties=3, path=2, sizes=(24, 64), seeds=(0, 1)))
