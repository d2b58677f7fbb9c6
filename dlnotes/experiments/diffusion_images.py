"""Fashion-MNIST by two recipes with the same network and number of steps: preconditioned, and a tutorial's DDPM.

The tutorial's configuration is that of the Annotated Diffusion Model (Rogge and Rasul 2022): 300 steps with betas on a
straight line from 0.0001 to 0.02, predicted noise, all steps taken when sampling. Both are judged by one classifier
that has seen the same reduced images.
"""

import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import torch
from torch import Tensor
from torch.nn import functional as F

from dlnotes import data
from dlnotes.diffusion import (
    Denoiser,
    Preconditioned,
    heun_step,
    inpaint,
    linear_betas,
    noise_levels,
    ode_step,
    sample,
    sde_step,
)
from dlnotes.experiments import record
from dlnotes.experiments._denoisers import (
    SIGMA_MAX,
    SIGMA_MIN,
    NoisePrediction,
    Recipe,
    UNet,
    guided,
    log_normal_levels,
    operations_per_image,
    told,
    train,
)
from dlnotes.experiments._device import best_throughput
from dlnotes.experiments._engine import Process, grid, process
from dlnotes.experiments._features import confidence, distance, train_classifier
from dlnotes.runs import Run

RECIPES = {"preconditioned": partial(Preconditioned, data_std=1.0), "ddpm": NoisePrediction}
CLASSES = 10
BRIGHTEST = {"fashion_mnist": 255, "digits": 16}  # value of a white pixel
NATIVE = 28  # pixels along a side that the classifier expects


@dataclass(frozen=True)
class Config:
    dataset: str = "fashion_mnist"
    side: int = 28  # pixels; images are reduced to it by averaging
    width: int = 64  # channels on the finest scale
    steps: int = 3000  # of each recipe
    batch: int = 512  # images a step, over all processes
    lr: float = 1e-3  # of Adam, rising over the first tenth and falling to zero
    decay: float = 0.999  # of the averaged parameters, a step
    hidden: float = 0.1  # share of the images whose class the network is not told in training
    guidance: float = 2.0  # factor of classifier-free guidance
    betas: int = 300  # steps of the DDPM
    heun_steps: int = 18  # 35 evaluations of the network
    evaluations: tuple[int, ...] = (5, 9, 17, 35, 65)  # for steps against quality
    generated: int = 2000  # images that are judged
    classifier_images: int = 60000  # that the classifier is trained on
    mixed: bool = True  # bfloat16 in the network
    backend: str = "inductor"  # of torch.compile; empty: not compiled
    seeds: tuple[int, ...] = (0, 1, 2)
    device: str = "cuda"


CPU = Config(
    side=14, width=16, steps=1500, batch=64, lr=2e-3, decay=0.995, evaluations=(5, 9, 17, 35), generated=500,
    classifier_images=20000, mixed=False, backend="", device="cpu",
)  # fmt: skip


def images(config: Config, split: str, device: str) -> tuple[Tensor, Tensor]:
    """Reduced images with pixels in [0, 1], shape (n, side²), and their labels."""
    pixels, labels = getattr(data, config.dataset)(split)
    pixels = pixels[:, None].float().to(device) / BRIGHTEST[config.dataset]
    return F.interpolate(pixels, (config.side, config.side), mode="area").flatten(1), labels.to(device)


def enlarged(pixels: Tensor, config: Config) -> Tensor:
    """As the classifier wants them, shape (n, 1, 28, 28)."""
    return F.interpolate(pixels.clamp(0, 1).view(-1, 1, config.side, config.side), (NATIVE, NATIVE))


def tutorial_levels(config: Config) -> Tensor:
    """The noise levels of the DDPM in units of the data: falling, and then 0."""
    alpha_bar = (1 - linear_betas(config.betas)).cumprod(0)
    sigma = ((1 - alpha_bar) / alpha_bar).sqrt()
    return torch.cat([sigma.flip(0), sigma.new_zeros(1)])


def draw_level(recipe: str, config: Config, device: str, count: int) -> Tensor:
    """Noise levels to train on: log-normal, or any of the DDPM's steps; shape (count, 1)."""
    if recipe == "preconditioned":
        return log_normal_levels(count, device)
    levels = tutorial_levels(config)[:-1].float().to(device)
    return levels[torch.randint(len(levels), (count, 1), device=device)]


def noise(count: int, x: Tensor, seed: int) -> Tensor:
    """Standard normal images."""
    return torch.randn(count, x.shape[1], generator=torch.Generator().manual_seed(seed)).to(x.device)


def generate(recipe: str, denoiser: Denoiser, config: Config, x: Tensor, seed: int) -> Tensor:
    """Images of unit variance by the recipe's own sampler."""
    levels = tutorial_levels(config) if recipe == "ddpm" else noise_levels(SIGMA_MAX, SIGMA_MIN, config.heun_steps)
    # the variance of the data is 1, and so is that of the DDPM's last step, sigma² + 1 in our units
    start = (1 + levels[0] ** 2).sqrt() if recipe == "ddpm" else levels[0]
    step = sde_step if recipe == "ddpm" else heun_step
    return sample(step, denoiser, start.to(x) * noise(config.generated, x, seed), levels)


def strip(denoiser: Denoiser, x: Tensor, config: Config, seed: int, count: int = 2, columns: int = 8) -> Tensor:
    """What the denoiser sees, made of unit variance, above what it answers, on the way to some samples."""
    levels = noise_levels(SIGMA_MAX, SIGMA_MIN, 4 * columns).to(x)
    z, seen = levels[0] * noise(count, x, seed), []
    for place, (sigma, sigma_next) in enumerate(pairwise(levels)):
        if place % 4 == 3:
            seen.append(torch.stack([z / (1 + sigma**2).sqrt(), denoiser(z, sigma)], dim=1))
        z = heun_step(denoiser, z, sigma, sigma_next)
    return torch.stack(seen, dim=2).reshape(2 * count * columns, -1)


def run(config: Config) -> Run:
    """Trains both recipes once per seed, and judges what they generate by a Fréchet distance and by confidence."""
    started = time.time()
    with process(config.device) as here:
        return measure(config, here, started)


def measure(config: Config, here: Process, started: float) -> Run:
    pixels, labels = images(config, "train", here.device)
    test, _ = images(config, "test", here.device)
    mean, std = pixels.mean(), pixels.std()
    x = (pixels - mean) / std
    classifier = train_classifier(
        enlarged(pixels[: config.classifier_images], config), labels[: config.classifier_images], 0
    )
    asked = torch.arange(config.generated, device=here.device) % CLASSES  # of every class as many

    def fidelity(generated: Tensor) -> float:
        return distance(classifier, enlarged(generated * std + mean, config), enlarged(test, config))

    found, curves, pictures = defaultdict(list), defaultdict(list), {}

    def judge(name: str, generated: Tensor) -> None:
        found[f"distance_{name}"].append(fidelity(generated))
        found[f"confidence_{name}"].append(confidence(classifier, enlarged(generated * std + mean, config)))
        pictures.setdefault(name, picture(generated[:40] * std + mean, config, columns=10))  # of the first seed

    for seed in config.seeds:
        judge("real", x[torch.randint(len(x), (config.generated,), generator=torch.Generator().manual_seed(seed))])
        for recipe, make in RECIPES.items():
            torch.manual_seed(seed)
            network = UNet(config.side, config.width)
            levels = partial(draw_level, recipe, config, here.device)
            network, speed, _ = train(network, make, levels, x, labels, config, here, seed)
            found[f"speed_{recipe}"].append(speed)

            def denoiser(label: Tensor, make: Recipe = make, network: UNet = network) -> Denoiser:
                return make(told(network, label, config.mixed))

            with torch.no_grad():
                judge(recipe, generate(recipe, denoiser(asked), config, x, seed))
                if recipe == "preconditioned":
                    stronger = guided(make, network, asked, config.guidance, config.mixed)
                    judge("guided", generate(recipe, stronger, config, x, seed))
                    for name, values in quality(denoiser(asked), config, x, seed, fidelity).items():
                        curves[name].append(values)
                    if "strip" not in pictures:
                        passage = strip(denoiser(asked[:2]), x, config, seed)
                        pictures["strip"] = picture(passage * std + mean, config, columns=8)
                        filled = inpainted(denoiser(labels[:4].repeat_interleave(4)), x[:4], config)
                        pictures["inpainted"] = picture(filled * std + mean, config, columns=6)
    forward = pixels.new_tensor([0.0, 0.2, 0.5, 1.0, 2.0, 5.0]).view(1, -1, 1)
    noised = (x[:3, None] + forward * noise(18, x, 0).view(3, 6, -1)) / (1 + forward**2).sqrt()
    pictures["noised"] = picture(noised.flatten(0, 1) * std + mean, config, columns=6)
    work = operations_per_image(network, x, labels)
    share = torch.tensor(found["speed_preconditioned"]) * work / best_throughput(here.device, config.mixed) / here.count
    return record(
        config,
        started,
        series=curves,
        results=found | {"matrix_share": share},
        data=config.dataset,
        images=pictures,
    )


def quality(
    denoiser: Denoiser, config: Config, x: Tensor, seed: int, fidelity: Callable[[Tensor], float]
) -> dict[str, list[float]]:
    """Fréchet distance for each number of evaluations of the network, by sampler."""
    start = SIGMA_MAX * noise(config.generated, x, seed)
    found = {"heun": [], "ode": [], "sde": []}
    for evaluations in config.evaluations:
        for name, step in (("heun", heun_step), ("ode", ode_step), ("sde", sde_step)):
            steps = (evaluations + 1) // 2 if name == "heun" else evaluations
            found[name].append(fidelity(sample(step, denoiser, start, noise_levels(SIGMA_MAX, SIGMA_MIN, steps))))
    return found


def inpainted(denoiser: Denoiser, x: Tensor, config: Config) -> Tensor:
    """Each row: an image, its known upper half, and four completions."""
    mask = (torch.arange(x.shape[1], device=x.device) < x.shape[1] // 2).to(x)
    levels = noise_levels(SIGMA_MAX, SIGMA_MIN, 30)
    known = x.repeat_interleave(4, dim=0)
    filled = inpaint(denoiser, known, mask, levels, repeats=4, generator=torch.Generator(x.device).manual_seed(0))
    return torch.cat([x[:, None], (x * mask)[:, None], filled.view(len(x), 4, -1)], dim=1).flatten(0, 1)


def picture(pixels: Tensor, config: Config, columns: int) -> Tensor:
    return grid(pixels.view(-1, config.side, config.side), columns)


def smoke() -> Run:
    """Few steps of two seeds, on the embedded digits."""
    return run(
        Config(
            dataset="digits", side=8, width=8, steps=4, batch=16, betas=5, heun_steps=3, evaluations=(5,), generated=80,
            classifier_images=256, mixed=False, backend="", seeds=(0, 1), device="cpu",
        )
    )  # fmt: skip
