"""A GAN on Fashion-MNIST beside the configuration of the DCGAN tutorials, given the same computing time.

Both are measured by the features of a classifier, and judged by another one that was trained apart from it. Under
torchrun every process trains on its part of each batch.
"""

import time
from collections import defaultdict
from dataclasses import dataclass, replace

import torch
from torch import Tensor, distributed, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from dlnotes import data
from dlnotes.experiments import _features, progress, record
from dlnotes.experiments._device import best_throughput, compiled, place, precision
from dlnotes.experiments._engine import Process, grid, operations, process, synchronize
from dlnotes.gan import discriminator_loss, generator_loss
from dlnotes.runs import Run

JUDGE_SEED = 1  # of the classifier that judges; the one that measures has seed 0
SHOWN, COLUMNS = 60, 12  # samples in a picture


@dataclass(frozen=True)
class Config:
    latent: int = 64  # dimensions of the noise
    width: int = 64  # channels at 14 × 14 pixels, twice as many at 7 × 7
    steps: int = 3000  # of each player
    batch: int = 256
    lr: float = 1e-3  # of Adam, both players
    beta1: float = 0.5
    ema: float = 0.998  # decay of the mean of our generator's weights, a step
    tutorial_width: int = 64
    tutorial_batch: int = 128
    tutorial_lr: float = 2e-4
    points: int = 4  # measurements in the course of a training
    train: int = 60000  # images
    test: int = 10000  # images, and as many samples, in the final measurement
    samples: int = 2000  # in the other measurements
    mixed: bool = True  # bfloat16 in the networks
    backend: str = "inductor"  # of torch.compile; empty: not compiled
    seeds: tuple[int, ...] = (0, 1, 2)
    device: str = "cuda"


CPU = Config(
    latent=32, width=32, steps=12000, batch=64, lr=2e-3, ema=0.999, mixed=False, backend="", device="cpu",
)  # fmt: skip


class Pair(nn.Module):
    """Generator and discriminator of one configuration; images have shape (n, 1, 28, 28) and pixels in [0, 1]."""

    def __init__(self, latent: int, width: int, batch: int, lr: float, ema: float, normalized: bool):
        super().__init__()
        self.latent, self.batch, self.lr, self.ema = latent, batch, lr, ema
        norm = nn.BatchNorm2d if normalized else lambda channels: nn.Identity()
        self.generator = nn.Sequential(
            nn.Linear(latent, 2 * width * 49, bias=False), nn.Unflatten(1, (2 * width, 7, 7)),
            nn.BatchNorm2d(2 * width), nn.ReLU(),
            nn.ConvTranspose2d(2 * width, width, 4, stride=2, padding=1, bias=False), nn.BatchNorm2d(width), nn.ReLU(),
            nn.ConvTranspose2d(width, 1, 4, stride=2, padding=1), nn.Sigmoid(),
        )  # fmt: skip
        self.discriminator = nn.Sequential(
            nn.Conv2d(1, width, 4, stride=2, padding=1), nn.LeakyReLU(0.2),
            nn.Conv2d(width, 2 * width, 4, stride=2, padding=1), norm(2 * width), nn.LeakyReLU(0.2),
            nn.Flatten(), nn.Linear(2 * width * 49, 1),
        )  # fmt: skip


def ours(config: Config) -> Pair:
    """Few channels, a large learning rate, no normalisation in the discriminator."""
    return Pair(config.latent, config.width, config.batch, config.lr, config.ema, normalized=False)


def tutorial(config: Config) -> Pair:
    """Radford, Metz and Chintala 2016 as PyTorch's example has it, with two stages less for 28 × 28 pixels."""
    pair = Pair(100, config.tutorial_width, config.tutorial_batch, config.tutorial_lr, ema=0.0, normalized=True)
    for layer in pair.modules():
        if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d | nn.Linear):
            nn.init.normal_(layer.weight, 0, 0.02)
        elif isinstance(layer, nn.BatchNorm2d):
            nn.init.normal_(layer.weight, 1, 0.02)
    return pair


def clock(device: str) -> float:
    """Seconds of work: of the device, or of this process on a processor that others may use as well."""
    if torch.device(device).type == "cpu":
        return time.process_time()
    synchronize(device)
    return time.perf_counter()


class Training:
    """The alternating game of one pair on images that lie on the device."""

    def __init__(self, pair: Pair, images: Tensor, seed: int, config: Config, worker: Process):
        self.pair, self.images, self.worker = place(pair, worker.device), images, worker
        self.draw = torch.Generator(worker.device).manual_seed(seed)
        self.precision = precision(worker.device, config.mixed)
        self.critic = compiled(pair.discriminator, config.backend)  # what the generator's gradient passes through
        self.G = worker.replicate(compiled(pair.generator, config.backend))
        self.D = worker.replicate(compiled(pair.discriminator, config.backend))
        self.mean = AveragedModel(pair.generator, multi_avg_fn=get_ema_multi_avg_fn(pair.ema), use_buffers=True)
        betas = (config.beta1, 0.999)
        self.G_step = torch.optim.Adam(pair.generator.parameters(), pair.lr, betas=betas)
        self.D_step = torch.optim.Adam(pair.discriminator.parameters(), pair.lr, betas=betas)

    def step(self) -> None:
        """One step of the discriminator, then one of the generator."""
        here = {"generator": self.draw, "device": self.worker.device}
        rows = self.worker.share(torch.randint(len(self.images), (self.pair.batch,), **here))
        z = self.worker.share(torch.randn(self.pair.batch, self.pair.latent, **here))
        with self.precision:
            fake = self.G(z)
            loss = discriminator_loss(self.D(self.images[rows]).float(), self.D(fake.detach()).float())
        self.D_step.zero_grad()
        loss.backward()
        self.D_step.step()
        self.pair.discriminator.requires_grad_(False)  # the generator's loss runs through it and leaves it as it is
        with self.precision:
            loss = generator_loss(self.critic(fake).float())
        self.G_step.zero_grad()
        loss.backward()
        self.G_step.step()
        self.pair.discriminator.requires_grad_(True)
        self.mean.update_parameters(self.pair.generator)

    def seconds(self, steps: int) -> float:
        """Make some steps; how long they took."""
        started = clock(self.worker.device)
        for _ in range(steps):
            self.step()
        return clock(self.worker.device) - started

    @torch.no_grad()
    def sample(self, count: int) -> Tensor:
        """Images by the mean weights (with ema 0 the latest), from the same noise every time."""
        z = torch.randn(count, self.pair.latent, generator=torch.Generator().manual_seed(0)).to(self.worker.device)
        return torch.cat([self.mean.eval()(part) for part in z.split(1000)])


def throughput(device: str, mixed: bool) -> float:
    """Operations of matrix products in a second of this file's clock, at best."""
    passed, counted = time.perf_counter(), clock(device)
    rate = best_throughput(device, mixed, seconds=1.0)
    return rate * (time.perf_counter() - passed) / (clock(device) - counted)


def agreed(number: int, worker: Process) -> int:
    """The first process's number, in every process."""
    if worker.count == 1:
        return number
    shared = torch.tensor(number, device=worker.device)
    distributed.broadcast(shared, src=0)
    return shared.item()


def images(split: str, count: int, device: str) -> tuple[Tensor, Tensor]:
    """The first images, shape (count, 1, 28, 28) with pixels in [0, 1], and their labels, on the device."""
    pixels, labels = data.fashion_mnist(split)
    return (pixels[:count, None].float() / 255).to(device), labels[:count].to(device)


def run(config: Config) -> Run:
    """Trains both configurations with every seed, the second for as long as the first took."""
    started = time.time()
    with process(config.device) as worker:
        x, labels = images("train", config.train, worker.device)
        test, test_labels = images("test", config.test, worker.device)
        ruler, judge = (_features.train_classifier(x, labels, seed) for seed in (0, JUDGE_SEED))
        found = defaultdict(list)
        for seed in progress(config.seeds, "seeds"):
            torch.manual_seed(seed)  # initial weights
            pairs = {"ours": ours(config), "tutorial": tutorial(config)}
            trials = {name: Training(pair, x, seed, config, worker) for name, pair in pairs.items()}
            pace = Training(tutorial(config), x, seed, config, worker)
            pace.seconds(1)
            part = config.steps // config.points
            for name, training in trials.items():
                if name == "tutorial":
                    lasts = found["seconds_ours"][-1] / config.points
                    part = agreed(max(1, round(3 * lasts / pace.seconds(3))), worker)
                training.step()  # the first, in which torch.compile does its work, is not timed
                seconds, distances = 0.0, []
                for _ in range(config.points):
                    seconds += training.seconds(part)
                    few = training.sample(config.samples)
                    distances.append(_features.distance(ruler, few, test[: config.samples]))
                made = training.sample(config.test)
                found[f"distances_{name}"].append(distances)
                found[f"seconds_{name}"].append(seconds)
                found[f"steps_{name}"].append(part * config.points)
                found[f"distance_{name}"].append(_features.distance(ruler, made, test))
                found[f"confidence_{name}"].append(_features.confidence(judge, made))
                guesses = judge(made[: config.samples]).argmax(1)
                found[f"classes_{name}"].append(torch.bincount(guesses, minlength=_features.CLASSES) / len(guesses))
                found[f"images_{name}"].append(made[:SHOWN, 0])
        floor = _features.distance(ruler, x[: config.test], test)
        judged = _features.confidence(judge, test), _features.accuracy(judge, test, test_labels)
        rate = config.steps * config.batch / torch.tensor(found["seconds_ours"])
        plain = Training(ours(config), x, 0, replace(config, backend=""), worker)
        work = operations(plain.step) * worker.count / config.batch  # compiled code cannot be counted
        share = rate * work / throughput(worker.device, config.mixed) / worker.count
    every = [1.0] * len(config.seeds)
    series = {name: found[name] for name in found if name.startswith(("distances", "classes"))}
    series["classes_ours"], series["classes_tutorial"] = (torch.stack(found[f"classes_{n}"]) for n in pairs)
    results = {name: values for name, values in found.items() if name not in series and "images" not in name}
    results |= {"distance_real": [floor * one for one in every], "images_per_second": rate, "matrix_share": share}
    results |= {
        "confidence_real": [judged[0] * one for one in every],
        "judge_accuracy": [judged[1] * one for one in every],
    }
    pictures = {name: grid(found[f"images_{name}"][0], COLUMNS) for name in pairs}
    pictures["real"] = grid(test[:SHOWN, 0], COLUMNS)
    return record(config, started, series=series, results=results, data="fashion_mnist", images=pictures)


def smoke() -> Run:
    """Tiny networks, few images and steps, two seeds."""
    tiny = {"width": 2, "tutorial_width": 2, "batch": 8, "tutorial_batch": 8, "steps": 4, "points": 2}
    return run(Config(**tiny, train=256, test=60, samples=60, mixed=False, backend="", seeds=(0, 1), device="cpu"))
