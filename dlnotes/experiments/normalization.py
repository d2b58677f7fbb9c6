"""Learning rates with and without normalisation: plain, batch norm, layer norm, and batch norm disturbed by noise.

A deep multilayer perceptron without skips. The disturbed one multiplies and shifts what batch norm gives by numbers
that are drawn anew for every unit and every step, so that the distributions of the next layer's inputs jump (after
Santurkar et al. 2018). All learning rates and seeds of one kind run side by side.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from dlnotes import data
from dlnotes.experiments import progress, record
from dlnotes.normalization import batch_norm, layer_norm
from dlnotes.runs import Run


@dataclass(frozen=True)
class Config:
    dataset: str = "fashion_mnist"  # or "digits"
    samples: int = 60_000  # of the training set, the first ones
    hidden: int = 64  # units of every hidden layer, ReLU
    depth: int = 8  # hidden layers
    batch: int = 64  # samples a step
    epochs: int = 5  # passes over the samples
    norms: tuple[str, ...] = ("none", "batch", "layer", "noisy")
    lrs: tuple[float, ...] = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
    noise_shift: float = 0.5  # of the disturbed one: shifts are uniform in ± this, in units of the deviation
    noise_scale: float = 1.25  # and factors log-uniform between its inverse and this
    shown_lr: float = 0.1  # at which the percentiles are recorded
    shown_layer: int = 4  # hidden layer, from 1, whose first unit's percentiles are recorded
    histogram_width: float = 1.0  # histograms of γ - 1 and β run over ± this
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)  # initial weights, order of the samples, noise
    device: str = "cuda"


CPU = Config(samples=4000, histogram_width=0.2, device="cpu")
DIVERGED = 10.0  # nats, recorded for every loss above it, or not finite: chance is log 10 = 2.3
EVERY = 10  # steps between two records of the percentiles
PERCENTILES = (0.15, 0.5, 0.85)
BINS = 30  # of the histograms of γ and β


class Split(NamedTuple):
    """Samples as rows, standardised by mean and deviation of the training pixels, and classes."""

    train_x: Tensor
    train_y: Tensor
    test_x: Tensor
    test_y: Tensor


def load_split(dataset: str, samples: int, device: str) -> Split:
    load = getattr(data, dataset)
    (train, train_y), (test, test_y) = load("train"), load("test")
    train, test = (images.flatten(1).to(device, torch.float32) for images in (train[:samples], test))
    mean, std = train.mean(), train.std()
    return Split((train - mean) / std, train_y[:samples].to(device), (test - mean) / std, test_y.to(device))


class Networks:
    """One network for every setting and seed, side by side; settings share a seed's initial weights."""

    def __init__(self, norm: str, sizes: list[int], settings: int, seeds: tuple[int, ...], device: str):
        self.norm, self.shape = norm, (settings, len(seeds))
        generators = [torch.Generator().manual_seed(seed) for seed in seeds]
        shapes = list(zip(sizes[1:], sizes[:-1], strict=True))
        drawn = [[(2 / d) ** 0.5 * torch.randn(m, d, generator=g) for m, d in shapes] for g in generators]  # He
        self.weights = [torch.stack(layer).repeat(settings, 1, 1).to(device) for layer in zip(*drawn, strict=True)]
        self.biases = [torch.zeros(len(w), 1, w.shape[1], device=device) for w in self.weights]
        hidden = self.biases[:-1] if norm != "none" else []
        self.gammas = [torch.ones_like(bias) for bias in hidden]
        self.betas = [torch.zeros_like(bias) for bias in hidden]
        self.running = [(torch.zeros_like(bias).flatten(), torch.ones_like(bias).flatten()) for bias in hidden]
        self.parameters = [*self.weights, *self.biases, *self.gammas, *self.betas]
        for parameter in self.parameters:
            parameter.requires_grad_()

    def normalize(self, z: Tensor, layer: int, training: bool, momentum: float) -> Tensor:
        """The hidden pre-activations (networks, samples, units), normalised, scaled and shifted."""
        gamma, beta = self.gammas[layer], self.betas[layer]
        if self.norm == "layer":
            return layer_norm(z, z.shape[-1:]) * gamma + beta
        columns = z.transpose(0, 1).flatten(1)  # one channel for every unit of every network
        y = batch_norm(columns, *self.running[layer], gamma.flatten(), beta.flatten(), training, momentum)
        return y.unflatten(1, (len(z), -1)).transpose(0, 1)

    def forward(
        self, x: Tensor, training: bool = False, momentum: float = 0.1, noise: list | None = None
    ) -> tuple[Tensor, list[Tensor]]:
        """Logits (networks, samples, classes), and what enters every ReLU."""
        entering = []
        for layer, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            z = torch.baddbmm(bias, x, weight.mT)
            if layer == len(self.weights) - 1:
                return z, entering
            if self.norm != "none":
                z = self.normalize(z, layer, training, momentum)
            if noise:
                factor, shift = noise[layer]
                z = z * factor + shift
            entering.append(z)
            x = z.relu()

    def step(self, x: Tensor, y: Tensor, lr: Tensor, noise: list | None = None) -> list[Tensor]:
        """One step of gradient descent; x, y hold a minibatch for each seed, lr a rate for each setting."""
        x, y = (batch.repeat(self.shape[0], *[1] * (batch.ndim - 1)) for batch in (x, y))
        logits, entering = self.forward(x, training=True, noise=noise)
        losses = F.cross_entropy(logits.flatten(0, 1), y.flatten(), reduction="none").view(y.shape).mean(1)
        gradients = torch.autograd.grad(losses.sum(), self.parameters)
        rates = lr.repeat_interleave(self.shape[1]).view(-1, 1, 1)
        with torch.no_grad():
            for parameter, gradient in zip(self.parameters, gradients, strict=True):
                parameter -= rates * gradient
        return entering

    @torch.no_grad()
    def evaluate(self, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        """Mean cross entropy and accuracy, both (seeds, settings)."""
        loss, right = (torch.zeros(self.shape, device=x.device) for _ in range(2))
        for part, labels in zip(x.split(500), y.split(500), strict=True):
            logits, _ = self.forward(part.expand(len(self.weights[0]), *part.shape))
            losses = F.cross_entropy(logits.flatten(0, 1), labels.repeat(len(logits)), reduction="none")
            loss += losses.view(*self.shape, -1).sum(-1)
            right += (logits.argmax(-1) == labels).view(*self.shape, -1).sum(-1)
        loss = (loss / len(x)).nan_to_num(nan=DIVERGED).clamp(max=DIVERGED)
        return loss.T, (right / len(x)).T

    def draw_noise(self, generators: list[torch.Generator], shift: float, scale: float) -> list:
        """For every hidden layer the factors and shifts of one step; the same for all settings of a seed."""
        log_scale, drawn = torch.tensor(scale).log(), []
        for bias in self.biases[:-1]:
            uniform = torch.stack([2 * torch.rand(2, 1, bias.shape[-1], generator=g) - 1 for g in generators], dim=1)
            uniform = uniform.repeat(1, self.shape[0], 1, 1).to(bias.device)
            drawn.append(((uniform[0] * log_scale).exp(), uniform[1] * shift))
        return drawn


def epoch_orders(samples: int, batch: int, generators: list[torch.Generator]) -> Iterator[Tensor]:
    """Indices of every step of an epoch, shape (seeds, batch), without an incomplete batch."""
    orders = torch.stack([torch.randperm(samples, generator=generator) for generator in generators])
    yield from orders[:, : samples // batch * batch].split(batch, dim=1)


def train(config: Config, split: Split, norm: str) -> tuple[Networks, Tensor, Tensor]:
    """The networks, their training loss (seeds, rates, epochs + 1), and percentiles at the shown rate and layer."""
    lrs = torch.tensor(config.lrs, device=config.device)
    sizes = [split.train_x.shape[1], *[config.hidden] * config.depth, int(split.train_y.max()) + 1]
    networks = Networks(norm, sizes, len(lrs), config.seeds, config.device)
    orders, noises = ([torch.Generator().manual_seed(seed + k) for seed in config.seeds] for k in (1000, 2000))
    shown = slice(config.lrs.index(config.shown_lr) * len(config.seeds), None)
    losses, percentiles, steps = [networks.evaluate(split.train_x, split.train_y)[0]], [], 0
    for _ in progress(range(config.epochs), norm):
        for index in epoch_orders(len(split.train_x), config.batch, orders):
            noise = None
            if norm == "noisy":
                noise = networks.draw_noise(noises, config.noise_shift, config.noise_scale)
            entering = networks.step(split.train_x[index], split.train_y[index], lrs, noise)
            if steps % EVERY == 0:
                unit = entering[config.shown_layer - 1][shown][: len(config.seeds), :, 0].detach()
                percentiles.append(torch.quantile(unit, torch.tensor(PERCENTILES, device=unit.device), dim=1).T)
            steps += 1
        losses.append(networks.evaluate(split.train_x, split.train_y)[0])
    return networks, torch.stack(losses, dim=-1), torch.stack(percentiles, dim=1)


def histogram(parameters: list[Tensor], shape: tuple[int, int], setting: int, centre: float, width: float) -> Tensor:
    """Share of all units' values in each bin, one row a seed; values beyond the ends count to the outer bins."""
    values = torch.cat([p.detach().view(*shape, -1)[setting] for p in parameters], dim=1)
    bins = ((values - centre + width) / (2 * width) * BINS).long().clamp(0, BINS - 1)
    return torch.stack([torch.bincount(row, minlength=BINS) for row in bins]) / values.shape[1]


def run(config: Config) -> Run:
    started = time.time()
    split = load_split(config.dataset, config.samples, config.device)
    series, results = {}, {}
    for norm in config.norms:
        networks, losses, percentiles = train(config, split, norm)
        _, accuracy = networks.evaluate(split.test_x, split.test_y)
        best = losses[..., -1].mean(0).argmin().item()  # learning rate, by mean training loss
        series |= {f"{norm}_loss": losses, f"{norm}_test_accuracy": accuracy}
        results |= {
            f"{norm}_loss": losses[:, best, -1],
            f"{norm}_accuracy": accuracy[:, best],
            f"{norm}_lr": [config.lrs[best]] * len(config.seeds),
        }
        if norm in ("none", "batch"):
            series[f"{norm}_percentiles"] = percentiles
        if norm == "batch":
            series["gamma"] = histogram(networks.gammas, networks.shape, best, 1.0, config.histogram_width)
            series["beta"] = histogram(networks.betas, networks.shape, best, 0.0, config.histogram_width)
            norms = networks.weights[1].detach().flatten(1).norm(dim=1).view(networks.shape).T
            series["weight_norm"] = norms.nan_to_num(nan=0.0, posinf=0.0)
    return record(config, started, series=series, results=results, data=config.dataset)


def smoke() -> Run:
    """The same code on the embedded digits, in seconds on a CPU."""
    small = Config(dataset="digits", samples=256, hidden=12, depth=3, batch=32, epochs=2, lrs=(0.01, 0.1))
    return run(Config(**{**vars(small), "shown_layer": 2, "seeds": (0, 1), "device": "cpu"}))
