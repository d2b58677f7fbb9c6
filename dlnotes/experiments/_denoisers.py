"""A network that denoises images when it is told their classes, how it is made a denoiser, and how it is trained.

Images are rows in which the channels of a pixel stand side by side: convolutions see the layout channels last, without
a copy.
"""

import math
import time
from collections.abc import Callable
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from dlnotes.diffusion import Denoiser, denoising_loss
from dlnotes.experiments import progress
from dlnotes.experiments._device import compiled, place, precision
from dlnotes.experiments._engine import Process, operations, synchronize

UNKNOWN = 10  # the label of an image whose class, 0 … 9, is not told
SIGMA_MAX, SIGMA_MIN = 80.0, 0.02  # noise levels that a sampler passes; images have unit variance

Network = Callable[[Tensor, Tensor], Tensor]  # from scaled images and levels
Recipe = Callable[[Network], nn.Module]  # makes a network a denoiser, which also has a weight


def level_features(level: Tensor, count: int) -> Tensor:
    """Sines and cosines of a level of order 1, at frequencies from 1 to 30; shape (n, count)."""
    angle = level * torch.logspace(0, math.log10(30), count // 2, device=level.device)
    return torch.cat([angle.sin(), angle.cos()], dim=-1)


class Block(nn.Module):
    """Two convolutions with a shortcut; the features of noise level and label scale and shift between them."""

    def __init__(self, inputs: int, outputs: int, features: int):
        super().__init__()
        self.first, self.second = nn.Conv2d(inputs, outputs, 3, padding=1), nn.Conv2d(outputs, outputs, 3, padding=1)
        self.norms = nn.ModuleList([nn.GroupNorm(min(8, inputs), inputs), nn.GroupNorm(8, outputs)])
        self.modulation = nn.Linear(features, 2 * outputs)
        self.shortcut = nn.Conv2d(inputs, outputs, 1)

    def forward(self, x: Tensor, features: Tensor) -> Tensor:
        scale, shift = self.modulation(features)[:, :, None, None].chunk(2, dim=1)
        h = self.norms[1](self.first(F.silu(self.norms[0](x)))) * (1 + scale) + shift
        return self.shortcut(x) + self.second(F.silu(h))


class UNet(nn.Module):
    """A small U-Net (Ronneberger et al. 2015): three scales down, and up again with the maps kept on the way.

    The label is one of so many classes, or UNKNOWN.
    """

    def __init__(self, side: int, width: int, channels: int = 1):
        super().__init__()
        self.side, self.channels = side, channels
        sizes = [width, 2 * width, 2 * width]
        self.level, self.label = nn.Linear(32, 4 * width), nn.Embedding(UNKNOWN + 1, 4 * width)
        self.into = nn.Conv2d(channels, width, 3, padding=1)
        self.down = nn.ModuleList(Block(a, b, 4 * width) for a, b in pairwise([width, *sizes]))
        self.middle = Block(sizes[-1], sizes[-1], 4 * width)
        ups = zip([sizes[-1], *sizes[:0:-1]], sizes[::-1], strict=True)
        self.up = nn.ModuleList(Block(below + kept, kept, 4 * width) for below, kept in ups)
        self.out = nn.Conv2d(width, channels, 3, padding=1)

    def forward(self, x: Tensor, level: Tensor, label: Tensor) -> Tensor:
        features = F.silu(self.level(level_features(level, 32)) + self.label(label))
        h, kept = self.into(x.view(-1, self.side, self.side, self.channels).permute(0, 3, 1, 2)), []
        for scale, block in enumerate(self.down):
            h = block(F.avg_pool2d(h, 2, ceil_mode=True) if scale else h, features)
            kept.append(h)
        h = self.middle(h, features)
        for block in self.up:
            skip = kept.pop()
            h = block(torch.cat([F.interpolate(h, skip.shape[-2:]), skip], dim=1), features)
        return self.out(F.silu(h)).permute(0, 2, 3, 1).flatten(1)


class NoisePrediction(nn.Module):
    """A denoiser whose network predicts the noise, from inputs of constant variance (Ho, Jain and Abbeel 2020)."""

    def __init__(self, network: Network):
        super().__init__()
        self.network = network

    def forward(self, x: Tensor, sigma: Tensor) -> Tensor:
        level = (sigma.log() / 4).expand(len(x), 1)
        return x - sigma * self.network(x / (1 + sigma**2).sqrt(), level)

    def weight(self, sigma: Tensor) -> Tensor:
        """Under this weight the denoising loss is the squared error of the predicted noise."""
        return sigma**-2


def log_normal_levels(count: int, device: str) -> Tensor:
    """Noise levels to train on (Karras et al. 2022), for images of unit variance; shape (count, 1)."""
    return (1.2 * torch.randn(count, 1, device=device) - 0.6).exp()


def told(network: nn.Module, label: Tensor, mixed: bool) -> Network:
    """The network with the labels of its images given, shape (n,), in bfloat16 if that is wanted."""

    def predict(x: Tensor, level: Tensor) -> Tensor:
        with precision(x.device.type, mixed):
            return network(x, level, label).to(x.dtype)

    return predict


def guided(recipe: Recipe, network: nn.Module, label: Tensor, weight: float, mixed: bool) -> Denoiser:
    """Classifier-free guidance (diffusion-guidance), of denoisers: a denoiser is a linear function of its score."""
    informed = recipe(told(network, label, mixed))
    plain = recipe(told(network, torch.full_like(label, UNKNOWN), mixed))

    def denoiser(x: Tensor, sigma: Tensor) -> Tensor:
        guess = plain(x, sigma)
        return guess + weight * (informed(x, sigma) - guess)

    return denoiser


def train(
    network: nn.Module,
    recipe: Recipe,
    draw_level: Callable[[int], Tensor],
    x: Tensor,
    labels: Tensor,
    config,
    here: Process,
    seed: int,
) -> tuple[nn.Module, float, Tensor]:
    """Train a network to denoise x, shape (n, d); a share of the labels is hidden from it.

    draw_level draws so many noise levels, shape (count, 1); the config has steps, batch, lr, decay, hidden, mixed and
    backend. Returns the averaged network, how many images a second it was trained on, and the loss of every step.
    """
    place(network, here.device)
    averaged = AveragedModel(network, multi_avg_fn=get_ema_multi_avg_fn(config.decay))
    model = here.replicate(compiled(network, config.backend))
    optimizer = torch.optim.Adam(network.parameters(), lr=config.lr)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, config.lr, total_steps=config.steps, pct_start=0.1)
    torch.manual_seed(1000 * seed + here.rank)  # other samples and noise in each process
    share = config.batch // here.count
    losses = torch.zeros(config.steps, device=here.device)

    def take(step: int) -> None:
        rows, sigma = torch.randint(len(x), (share,), device=here.device), draw_level(share)
        label = labels[rows].where(torch.rand(share, device=here.device) > config.hidden, UNKNOWN)
        denoiser = recipe(told(model, label, config.mixed))
        loss = denoising_loss(denoiser, x[rows], sigma, denoiser.weight(sigma)).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        averaged.update_parameters(network)
        losses[step] = loss.detach()

    take(0)  # torch.compile does its work in the first step, which is not timed
    synchronize(here.device)
    started = time.perf_counter()
    for step in progress(range(1, config.steps), "steps"):
        take(step)
    synchronize(here.device)
    speed = (config.steps - 1) * config.batch / (time.perf_counter() - started)
    return averaged.module.eval(), speed, losses


def operations_per_image(network: nn.Module, x: Tensor, labels: Tensor) -> float:
    """Floating-point operations of a training step, forward and backward, on one image."""
    count = 8

    def work() -> None:
        network(x[:count], x.new_ones(count, 1), labels[:count]).sum().backward()

    return operations(work) / count
