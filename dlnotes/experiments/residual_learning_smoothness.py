"""The loss along its gradient with batch normalisation, without, and with noise after it (Santurkar et al. 2018).

A plain convolutional network is trained in three ways. At some steps of the training the loss and the gradient are
computed, for the minibatch of that step, at points up to some multiples of the step η∇L away.
"""

import time
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from dlnotes.experiments import progress, record
from dlnotes.experiments.residual_learning import batches, evaluate, load_split, losses, networks, scores
from dlnotes.residual_learning import PlainBlock
from dlnotes.runs import Run


@dataclass(frozen=True)
class Config:
    dataset: str = "fashion_mnist"  # or "digits"
    samples: int = 60_000  # of the training set, the first ones
    test_samples: int = 10_000
    pixels: int = 28  # height and width after mean pooling
    width: int = 16  # channels of the first stage
    depth: int = 14  # layers, 6n + 2
    lrs: tuple[float, ...] = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0)  # constant step sizes
    probe_lr: float = 0.03  # at which the loss is probed, in all ways of training
    lengths: tuple[float, ...] = (0.5, 1.0, 2.0, 4.0)  # of the probes, in steps
    probes: int = 20  # how often in a training
    epochs: int = 2  # passes over the samples
    batch: int = 128  # samples a step
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)  # initial weights and order of the samples
    device: str = "cuda"


CPU = Config(
    samples=2048,
    test_samples=500,
    pixels=7,
    width=8,
    depth=8,
    lrs=(0.01, 0.03, 0.1, 0.3, 1.0),
    epochs=4,
    batch=64,
    device="cpu",
)
DIVERGED = 10.0  # nats, recorded for a loss above it or not finite; chance is log 10 = 2.3


class NoisyBatchNorm2d(nn.BatchNorm2d):
    """Batch normalisation whose output is shifted and scaled at random, in training, by other amounts at every step."""

    def forward(self, x: Tensor) -> Tensor:
        y = super().forward(x)
        if not self.training:
            return y
        shift = torch.rand(y.shape[1], 1, 1, device=y.device) - 0.5  # per channel and step, from -0.5 to 0.5
        scale = 1 + 0.25 * torch.rand(y.shape[1], 1, 1, device=y.device)  # from 1 to 1.25
        jitter = 0.1 * (2 * torch.rand(2, *y.shape[:2], 1, 1, device=y.device) - 1)  # and per image
        return (scale + jitter[0]) * y + shift + jitter[1]


WAYS = {"none": lambda _: nn.Identity(), "bn": nn.BatchNorm2d, "noisy": NoisyBatchNorm2d}


def gradients(network: nn.Module, x: Tensor, y: Tensor, seeds: int) -> tuple[Tensor, list[Tensor]]:
    """Loss of every seed's network and the gradients of all parameters."""
    loss = losses(scores(network, x, seeds), y)
    return loss.detach(), list(torch.autograd.grad(loss.sum(), list(network.parameters())))


def norms(tensors: list[Tensor], seeds: int) -> Tensor:
    """Euclidean norm over all parameters of each seed's network."""
    return sum(tensor.reshape(seeds, -1).square().sum(dim=1) for tensor in tensors).sqrt()


@torch.no_grad()
def move(network: nn.Module, direction: list[Tensor], length: float) -> None:
    for parameter, gradient in zip(network.parameters(), direction, strict=True):
        parameter.sub_(gradient, alpha=length)


def probe(network: nn.Module, x: Tensor, y: Tensor, config: Config) -> Tensor:
    """Largest change of the loss along the gradient, relative to it, and largest change of the gradient; (seeds, 2).

    The change of the gradient is divided by the gradient's length, so that it has no unit.
    """
    seeds = len(config.seeds)
    loss, gradient = gradients(network, x, y, seeds)
    changes = []
    for length in config.lengths:
        move(network, gradient, length * config.probe_lr)
        there, other = gradients(network, x, y, seeds)
        move(network, gradient, -length * config.probe_lr)
        turned = norms([a - b for a, b in zip(other, gradient, strict=True)], seeds) / norms(gradient, seeds)
        changes.append(torch.stack([(there - loss).abs(), turned], dim=1))
    return torch.stack(changes).amax(dim=0)


def train(config: Config, split, norm_layer, lr: float, label: str) -> tuple[Tensor, Tensor | None]:
    """Loss after the training, (seeds,), and the probes on the way if lr is the one to probe at, (seeds, probes, 2)."""
    seeds = len(config.seeds)
    torch.manual_seed(0)  # for the noise
    network = networks(config, config.depth, PlainBlock, norm_layer)
    total = config.epochs * (len(split.train_x) // config.batch)
    probed = []
    for step, index in enumerate(progress(batches(config, len(split.train_x)), label, total=total)):
        index = index.to(config.device)
        x, y = split.train_x[index], split.train_y[index]
        if lr == config.probe_lr and step % (total // config.probes) == 0 and len(probed) < config.probes:
            probed.append(probe(network, x, y, config))
        _, gradient = gradients(network, x, y, seeds)
        move(network, gradient, lr)
    loss, _ = evaluate(network, split.train_x, split.train_y, seeds)
    return loss, torch.stack(probed, dim=1) if probed else None


def run(config: Config) -> Run:
    started = time.time()
    split = load_split(config)
    series, results = {}, {}
    for way, norm_layer in WAYS.items():
        reached = []
        for lr in config.lrs:
            loss, probed = train(config, split, norm_layer, lr, f"{way}, lr {lr}")
            reached.append(loss)
            if probed is not None:
                series[f"{way}_loss_change"], series[f"{way}_gradient_change"] = probed.unbind(dim=-1)
        series[f"{way}_reached"] = torch.stack(reached, dim=1)
        best = series[f"{way}_reached"].mean(dim=0).argmin()
        results[f"{way}_loss"] = reached[best]
        results[f"{way}_lr"] = [config.lrs[best]] * len(config.seeds)
    return record(config, started, series=series, results=results, data=config.dataset)


def smoke() -> Run:
    """The same code on the embedded digits, in seconds on a CPU."""
    small = {"dataset": "digits", "samples": 128, "test_samples": 50, "pixels": 8, "width": 2, "depth": 8}
    return run(Config(**small, lrs=(0.03, 0.1), probes=2, epochs=2, batch=32, seeds=(0, 1), device="cpu"))
