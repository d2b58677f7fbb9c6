"""Linear discriminant analysis against logistic regression, by the number of training samples, in two worlds.

In the first both classes are Gaussian with one covariance, as discriminant analysis assumes. In the second the features
are log-normal and the labels are drawn from a logistic model, so that only logistic regression is right. A seed draws
the training samples; all seeds are fitted at once.
"""

import time
from dataclasses import dataclass

import torch
from torch import Tensor

from dlnotes.experiments import progress, record
from dlnotes.logistic_regression import linear_discriminant_analysis, newton_logistic_regression
from dlnotes.runs import Run


@dataclass(frozen=True)
class Config:
    features: int = 5
    distance: float = 2.0  # of the Gaussian classes' means, in standard deviations
    samples: tuple[int, ...] = (30, 60, 120, 240, 480, 960, 1920)  # for training
    test_samples: int = 200_000  # of the second world; errors in the first are exact
    weight_decay: float = 1e-4  # small samples are often separable
    seeds: tuple[int, ...] = tuple(range(50))
    device: str = "cpu"


def run(config: Config) -> Run:
    """Error of both classifiers beyond that of the Bayes classifier, shape (seeds, numbers of samples)."""
    started = time.time()
    worlds = {"gaussian": GaussianWorld(config), "skewed": SkewedWorld(config)}
    series = {}
    for name, world in worlds.items():
        excess = {"lda": [], "logistic": []}
        for samples in progress(config.samples, name):
            draws = [world.draw(samples, torch.Generator().manual_seed(seed)) for seed in config.seeds]
            x, y = (torch.stack(part).to(config.device) for part in zip(*draws, strict=True))
            ones = torch.ones_like(x[..., :1])
            fitted = newton_logistic_regression(torch.cat([x, ones], -1), y, weight_decay=config.weight_decay)
            excess["lda"].append(world.error(*linear_discriminant_analysis(x, y)) - world.bayes_error)
            excess["logistic"].append(world.error(fitted[:, :-1], fitted[:, -1]) - world.bayes_error)
        series |= {f"{method}_{name}": torch.stack(values, dim=-1) for method, values in excess.items()}
    results = {f"{name}_{size}": values[:, at] for name, values in series.items() for size, at in ENDS.items()}
    results |= {f"bayes_{name}": [world.bayes_error.item()] * len(config.seeds) for name, world in worlds.items()}
    return record(config, started, series=series, results=results)


ENDS = {"few": 0, "many": -1}  # the smallest and the largest number of samples


def smoke() -> Run:
    """Two small training sets."""
    return run(Config(samples=(60, 240), test_samples=2000, seeds=(0, 1)))


class GaussianWorld:
    """Two Gaussian classes, equally frequent, with the identity as covariance."""

    def __init__(self, config: Config):
        self.shift = torch.zeros(config.features, dtype=torch.float64)
        self.shift[0] = config.distance / 2  # class 1 lies at + shift, class 0 at - shift
        self.normal = torch.distributions.Normal(0.0, 1.0)
        self.bayes_error = self.normal.cdf(-self.shift.norm())

    def draw(self, samples: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        y = (torch.arange(samples) % 2).double()  # half of each
        noise = torch.randn(samples, len(self.shift), dtype=torch.float64, generator=generator)
        return noise + (2 * y - 1).unsqueeze(-1) * self.shift, y

    def error(self, weight: Tensor, bias: Tensor) -> Tensor:
        """Probability of a mistake of each linear classifier."""
        weight, bias = weight.cpu(), bias.cpu()
        norm, centre = weight.norm(dim=-1), weight @ self.shift
        missed, alarmed = (self.normal.cdf((-centre + sign * bias) / norm) for sign in (-1, 1))
        return (missed + alarmed) / 2


class SkewedWorld:
    """Log-normal features; the log-odds of label 1 are linear in them."""

    def __init__(self, config: Config):
        self.features = config.features
        self.weight = torch.full((config.features,), 1.5, dtype=torch.float64)
        self.bias = -self.weight.sum()  # even odds where every feature has its median, 1
        self.test_x, self.test_y = self.draw(config.test_samples, torch.Generator().manual_seed(10**6))
        self.bayes_error = self.error(self.weight.unsqueeze(0), self.bias.unsqueeze(0))[0]

    def draw(self, samples: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        x = torch.randn(samples, self.features, dtype=torch.float64, generator=generator).exp()
        chance = torch.rand(samples, dtype=torch.float64, generator=generator)
        return x, (chance < torch.sigmoid(x @ self.weight + self.bias)).double()

    def error(self, weight: Tensor, bias: Tensor) -> Tensor:
        """Share of mistakes of each linear classifier on the test samples."""
        decided = self.test_x @ weight.cpu().mT + bias.cpu() > 0
        return (decided != self.test_y.bool().unsqueeze(-1)).double().mean(0)
