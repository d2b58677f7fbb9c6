"""Photographs in colour by the recipe of the diffusion chapter: CIFAR-10, on a GPU.

One seed, no comparison: the run shows what the chapter's program does on the hardware that it is meant for. By the
count of its operations it should last a minute or two on one H200; that is an estimate, no such run has been recorded.
"""

import time
from collections import defaultdict
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor, nn

from dlnotes import data
from dlnotes.diffusion import Preconditioned, heun_step, noise_levels, sample
from dlnotes.experiments import record
from dlnotes.experiments._denoisers import (
    SIGMA_MAX,
    SIGMA_MIN,
    UNet,
    guided,
    log_normal_levels,
    operations_per_image,
    train,
)
from dlnotes.experiments._device import best_throughput
from dlnotes.experiments._engine import Process, grid, process
from dlnotes.experiments._features import accuracy, confidence, distance, train_classifier
from dlnotes.runs import Run

NEEDS_GPU = True  # one pass over the data takes a processor hours
MAKE = partial(Preconditioned, data_std=1.0)
CHANNELS, CLASSES = 3, 10
BRIGHTEST = {"cifar10": 255, "digits": 16}
SHOWN = 40  # samples in a picture, a class in each column


@dataclass(frozen=True)
class Config:
    dataset: str = "cifar10"
    side: int = 32  # pixels
    width: int = 128  # channels on the finest scale
    steps: int = 2000
    batch: int = 512  # images a step, over all processes: 20 passes over the data
    lr: float = 1e-3  # of Adam, rising over the first tenth and falling to zero
    decay: float = 0.999  # of the averaged parameters, a step
    hidden: float = 0.1  # share of the images whose class the network is not told in training
    guidance: float = 2.0  # factor of classifier-free guidance
    points: int = 50  # of the loss curve
    heun_steps: int = 18  # 35 evaluations of the network
    generated: int = 5000  # images that are judged
    part: int = 1000  # of them at a time
    classifier_epochs: int = 10
    mixed: bool = True  # bfloat16 in the network
    backend: str = "inductor"  # of torch.compile; empty: not compiled
    seeds: tuple[int, ...] = (0,)
    device: str = "cuda"


def images(config: Config, split: str, device: str) -> tuple[Tensor, Tensor]:
    """Images with pixels in [0, 1], shape (n, 3, side, side), and their labels; grey ones in three equal channels."""
    pixels, labels = getattr(data, config.dataset)(split)
    pixels = pixels.view(len(pixels), -1, config.side, config.side).expand(-1, CHANNELS, -1, -1)
    return pixels.to(device).float() / BRIGHTEST[config.dataset], labels.to(device)


def rows(pixels: Tensor) -> Tensor:
    """Images as rows with the channels of a pixel side by side, shape (n, side² · 3)."""
    return pixels.permute(0, 2, 3, 1).flatten(1)


def unrolled(pixels: Tensor, config: Config) -> Tensor:
    """Rows as images with pixels in [0, 1], shape (n, 3, side, side)."""
    return pixels.view(-1, config.side, config.side, CHANNELS).permute(0, 3, 1, 2).clamp(0, 1)


def generate(network: nn.Module, config: Config, seed: int, device: str) -> Tensor:
    """Images of unit variance, as rows, one class after the other, by Heun's method with guidance."""
    levels = noise_levels(SIGMA_MAX, SIGMA_MIN, config.heun_steps)
    noise = torch.randn(config.generated, config.side**2 * CHANNELS, generator=torch.Generator().manual_seed(seed))
    label = torch.arange(config.generated, device=device) % CLASSES
    parts = zip(noise.to(device).split(config.part), label.split(config.part), strict=True)
    with torch.no_grad():
        return torch.cat(
            [
                sample(heun_step, guided(MAKE, network, asked, config.guidance, config.mixed), SIGMA_MAX * z, levels)
                for z, asked in parts
            ]
        )


def run(config: Config) -> Run:
    """Trains one network per seed; judges what it generates by a classifier that is trained beside it."""
    started = time.time()
    with process(config.device) as here:
        return measure(config, here, started)


def measure(config: Config, here: Process, started: float) -> Run:
    pixels, labels = images(config, "train", here.device)
    test, test_labels = images(config, "test", here.device)
    classifier = train_classifier(pixels, labels, 0, config.classifier_epochs)
    mean, std = pixels.mean(), pixels.std()
    x = (rows(pixels) - mean) / std
    found, curves, pictures = defaultdict(list), [], {}
    for seed in config.seeds:
        torch.manual_seed(seed)
        network = UNet(config.side, config.width, CHANNELS)
        levels = partial(log_normal_levels, device=here.device)
        network, speed, losses = train(network, MAKE, levels, x, labels, config, here, seed)
        generated = unrolled(generate(network, config, seed, here.device) * std + mean, config)
        pictures.setdefault("samples", grid(generated[:SHOWN].permute(0, 2, 3, 1), CLASSES))
        curves.append(losses.view(config.points, -1).mean(1))
        best = best_throughput(here.device, config.mixed) * here.count
        found["images_per_second"].append(speed)
        found["matrix_share"].append(speed * operations_per_image(network, x, labels) / best)
        found["distance"].append(distance(classifier, generated, test))
        found["confidence"].append(confidence(classifier, generated))
        found["real_distance"].append(distance(classifier, pixels[: config.generated], test))
        found["real_confidence"].append(confidence(classifier, test))
        found["classifier_accuracy"].append(accuracy(classifier, test, test_labels))
    return record(
        config,
        started,
        series={"loss": torch.stack(curves)},
        results=found,
        data=config.dataset,
        images=pictures,
    )


def smoke() -> Run:
    """Few steps on the embedded digits in three equal channels, in bfloat16."""
    return run(
        Config(
            dataset="digits", side=8, width=8, steps=4, batch=16, points=2, heun_steps=3, generated=64, part=32,
            classifier_epochs=1, backend="", device="cpu",
        )
    )  # fmt: skip
