"""T-shirt or shirt: how well the probabilities of logistic regression on photographs are calibrated, by weight decay.

The parameters outnumber the training samples, so that weight decay decides how sure the classifier becomes. A
temperature is fitted on further samples by logistic regression on one feature, the logit. A seed draws the samples.
"""

import time
from dataclasses import dataclass

import torch
from torch import Tensor

from dlnotes import data
from dlnotes.experiments import progress, record
from dlnotes.logistic_regression import (
    binary_cross_entropy_with_logits,
    calibration_curve,
    expected_calibration_error,
    newton_logistic_regression,
    roc_curve,
    sigmoid,
)
from dlnotes.runs import Run


@dataclass(frozen=True)
class Config:
    dataset: str = "fashion_mnist"  # or "digits"
    classes: tuple[int, int] = (0, 6)  # T-shirt, shirt; the second is label 1
    brightest: int = 255  # value of a white pixel
    train_samples: int = 700  # fewer than the pixels
    held_out: int = 700  # for the temperature
    weight_decays: tuple[float, ...] = (1e-5, 1e-4, 1e-3, 1e-2, 1e-1)
    bins: int = 10
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    device: str = "cpu"


def run(config: Config) -> Run:
    """Test loss, calibration error and reliability, before and after the temperature; accuracy; ROC curves."""
    started = time.time()
    x, y = _samples(config, "train")
    test_x, test_y = _samples(config, "test")
    groups = []
    for seed in progress(config.seeds, "seeds"):
        order = torch.randperm(len(x), generator=torch.Generator().manual_seed(seed)).to(config.device)
        train, held_out = order[: config.train_samples], order[config.train_samples :][: config.held_out]
        measured = []
        for weight_decay in config.weight_decays:
            weight = newton_logistic_regression(x[train], y[train], weight_decay=weight_decay)
            logits = test_x @ weight
            slope = newton_logistic_regression((x[held_out] @ weight).unsqueeze(-1), y[held_out])
            measured.append(_measure(logits, test_y, "", config) | _measure(logits * slope, test_y, "_scaled", config))
            measured[-1] |= {
                "temperature": 1 / slope.squeeze(),
                "accuracy": ((logits > 0) == (test_y > 0)).double().mean(),
                "train_loss": binary_cross_entropy_with_logits(x[train] @ weight, y[train]),
                "roc": _roc(logits, test_y),
            }
        groups.append({name: torch.stack([each[name] for each in measured]) for name in measured[0]})
    series = {name: torch.stack([group[name] for group in groups]) for name in groups[0]}
    scalars = {name: values for name, values in series.items() if values.ndim == 2}
    at = {"weakest": 0, "strongest": -1}
    results = {f"{name}_{which}": values[:, i] for name, values in scalars.items() for which, i in at.items()}
    results |= {"surest": series["predicted"][:, 0, -1], "borne_out": series["happened"][:, 0, -1]}  # the last bin
    curves = dict.fromkeys(("predicted", "happened", "count", "predicted_scaled", "happened_scaled", "count_scaled"), 0)
    curves["roc"] = len(config.weight_decays) // 2
    series |= {name: series[name][:, i] for name, i in curves.items()}  # of one weight decay: the record stays small
    return record(config, started, series=series, results=results, data=config.dataset)


def smoke() -> Run:
    """Threes and eights of the embedded digits."""
    small = Config(dataset="digits", classes=(3, 8), brightest=16, train_samples=60, held_out=120)
    return run(Config(**{**vars(small), "weight_decays": (1e-4, 1e-3, 1e-1), "seeds": (0, 1)}))


def _samples(config: Config, split: str) -> tuple[Tensor, Tensor]:
    """Images of the two classes as rows, pixels in [0, 1] and a column of ones; label 1 for the second class."""
    images, classes = getattr(data, config.dataset)(split)
    chosen = (classes == config.classes[0]) | (classes == config.classes[1])
    pixels = images[chosen].flatten(1).double() / config.brightest
    label = (classes[chosen] == config.classes[1]).double()
    return torch.cat([pixels, torch.ones_like(pixels[:, :1])], dim=1).to(config.device), label.to(config.device)


def _measure(logits: Tensor, y: Tensor, suffix: str, config: Config) -> dict[str, Tensor]:
    probs = sigmoid(logits)
    predicted, happened, count = calibration_curve(probs, y, config.bins)
    return {
        f"loss{suffix}": binary_cross_entropy_with_logits(logits, y),
        f"ece{suffix}": expected_calibration_error(probs, y, config.bins),
        f"predicted{suffix}": predicted,
        f"happened{suffix}": happened,
        f"count{suffix}": count,
    }


def _roc(logits: Tensor, y: Tensor, points: int = 51) -> Tensor:
    """True-positive rate at evenly spaced false-positive rates, the largest that is reached."""
    false_rate, true_rate, _ = roc_curve(logits, y)
    grid = torch.linspace(0, 1, points, dtype=logits.dtype, device=logits.device)
    return true_rate[torch.searchsorted(false_rate, grid, right=True) - 1]
