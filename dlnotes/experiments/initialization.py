"""Images and gradients on their way through fifty layers with initial weights: variances, angles, histograms."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import torch
from torch import Tensor

from dlnotes import data
from dlnotes.experiments import progress, record
from dlnotes.initialization import kaiming_normal_, kaiming_uniform_, orthogonal_, xavier_normal_
from dlnotes.runs import Run


@dataclass(frozen=True)
class Config:
    dataset: str = "fashion_mnist"  # or "digits"
    images: int = 128
    width: int = 256  # units of every layer
    depth: int = 50  # layers
    large: float = 1.1  # the scheme "large" is He's with this many times the standard deviation
    layers: tuple[int, ...] = (1, 10, 30, 50)  # whose activations are counted in histograms
    bins: int = 40  # of a histogram, over four standard deviations of the first layer's activations to each side
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)  # weights
    device: str = "cuda"


CPU = Config(device="cpu")


class Scheme(NamedTuple):
    """An activation, and how the weights before it are drawn; torch.nn.Linear's default has random biases as well."""

    activation: Callable[[Tensor], Tensor]
    fill: Callable[..., Tensor]
    factor: float = 1.0
    biases: bool = False


def schemes(config: Config) -> dict[str, Scheme]:
    return {
        "he": Scheme(torch.relu, kaiming_normal_),
        "xavier": Scheme(torch.relu, xavier_normal_),
        "large": Scheme(torch.relu, kaiming_normal_, factor=config.large),
        "default": Scheme(torch.relu, partial(kaiming_uniform_, a=math.sqrt(5)), biases=True),
        "orthogonal": Scheme(torch.relu, partial(orthogonal_, gain=math.sqrt(2))),
        "tanh": Scheme(torch.tanh, xavier_normal_),
        "tanh_gain": Scheme(torch.tanh, partial(xavier_normal_, gain=5 / 3)),
        "sigmoid": Scheme(torch.sigmoid, xavier_normal_),
    }


def images(config: Config) -> Tensor:
    """Images as rows, each with mean square 1, in float64."""
    pixels, _ = data.digits() if config.dataset == "digits" else data.fashion_mnist()
    rows = pixels[: config.images].flatten(1).double().to(config.device)
    rows = rows - rows.mean()
    return rows / rows.square().mean(dim=1, keepdim=True).sqrt()


def propagate(scheme: Scheme, x: Tensor, config: Config, seed: int) -> tuple[list[Tensor], list[Tensor]]:
    """Pre-activations of every layer, and the gradient by them of a random direction of the last activations."""
    generator = torch.Generator().manual_seed(seed)
    z, a = [], x
    for _ in range(config.depth):
        weight = torch.empty(config.width, a.shape[1], dtype=x.dtype)
        scheme.fill(weight, generator=generator).mul_(scheme.factor)
        bias = torch.zeros(config.width, dtype=x.dtype)
        if scheme.biases:
            bias.uniform_(-1 / math.sqrt(a.shape[1]), 1 / math.sqrt(a.shape[1]), generator=generator)
        z.append((a @ weight.T.to(x.device) + bias.to(x.device)).requires_grad_())
        a = scheme.activation(z[-1])
    direction = torch.randn(a.shape, generator=generator, dtype=x.dtype).to(x.device)
    return z, list(torch.autograd.grad((a * direction).sum(), z))


def mean_cosine(rows: Tensor) -> Tensor:
    """Mean cosine of the angle between two different rows."""
    units = rows / rows.norm(dim=1, keepdim=True)
    count = len(units)
    return (units.sum(0).square().sum() - count) / (count * (count - 1))


def histograms(activations: list[Tensor], config: Config) -> Tensor:
    """Share of the activations in each bin, shape (layers, bins); the last bins hold what lies beyond."""
    limit = 4 * activations[0].square().mean().sqrt().item()
    chosen = [activations[layer - 1].clamp(-limit, limit).cpu() for layer in config.layers]
    return torch.stack([torch.histc(a, config.bins, -limit, limit) / a.numel() for a in chosen])


def run(config: Config) -> Run:
    started = time.time()
    x = images(config)
    series, results, axes = {}, {}, {}
    for name, scheme in progress(schemes(config).items()):
        forward, backward, cosine, counts = [], [], [], []
        for seed in config.seeds:
            z, gradients = propagate(scheme, x, config, seed)
            activations = [scheme.activation(layer.detach()) for layer in z]
            forward.append(torch.stack([layer.detach().square().mean() for layer in z]).log10())
            backward.append(torch.stack([gradient.square().mean() for gradient in gradients]).log10())
            cosine.append(torch.stack([mean_cosine(a) for a in activations]))
            counts.append(histograms(activations, config))
        logs = {"forward": torch.stack(forward), "backward": torch.stack(backward)}  # decimal, of mean squares
        results[f"{name}_forward_change"] = logs["forward"][:, -1] - logs["forward"][:, 0]
        results[f"{name}_backward_change"] = logs["backward"][:, 0] - logs["backward"][:, -1]
        if name != "orthogonal":
            series |= {f"{name}_{way}": values.round(decimals=3) for way, values in logs.items()}
        if name in ("he", "orthogonal", "tanh_gain"):
            series[f"{name}_cosine"] = torch.stack(cosine).round(decimals=4)
            results[f"{name}_cosine"] = series[f"{name}_cosine"][:, -1]
        if name in ("he", "xavier", "tanh", "tanh_gain"):
            series[f"{name}_histogram"] = torch.stack(counts).mean(0).round(decimals=5)
            axes[f"{name}_histogram"] = ["layer", "bin"]
    results["input_cosine"] = [mean_cosine(x).item()] * len(config.seeds)
    return record(config, started, series=series, results=results, axes=axes, data=config.dataset)


def smoke() -> Run:
    return run(Config(dataset="digits", images=8, width=16, depth=4, layers=(1, 4), bins=5, seeds=(0, 1), device="cpu"))
