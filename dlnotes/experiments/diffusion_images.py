"""Fashion-MNIST by two recipes with the same network and number of steps: preconditioned, and a tutorial's DDPM.

The tutorial's configuration is that of the Annotated Diffusion Model (Rogge and Rasul 2022): 300 steps with betas on a
straight line from 0.0001 to 0.02, predicted noise, all steps taken when sampling. Both are judged by one classifier
that has seen the same reduced images.
"""

import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from dlnotes import data
from dlnotes.diffusion import (
    Preconditioned,
    denoising_loss,
    heun_step,
    inpaint,
    linear_betas,
    noise_levels,
    ode_step,
    sample,
    sde_step,
)
from dlnotes.experiments import progress, record
from dlnotes.experiments._denoisers import NoisePrediction, Perceptron, UNet
from dlnotes.experiments._engine import Process, grid, matrix_throughput, operations, process, synchronize
from dlnotes.experiments._features import confidence, distance, train_classifier
from dlnotes.runs import Run

NETWORKS = {"unet": UNet, "perceptron": Perceptron}
BRIGHTEST = {"fashion_mnist": 255, "digits": 16}  # value of a white pixel
NATIVE = 28  # pixels along a side that the classifier expects
SIGMA_MAX, SIGMA_MIN = 80.0, 0.02  # of the preconditioned recipe; images have unit variance


@dataclass(frozen=True)
class Config:
    dataset: str = "fashion_mnist"
    side: int = 28  # pixels; images are reduced to it by averaging
    network: str = "unet"
    width: int = 64  # channels on the finest scale, or units
    steps: int = 4000  # of each recipe
    batch: int = 512  # images a step, over all processes
    lr: float = 1e-3  # of Adam, rising over the first tenth and falling to zero
    decay: float = 0.999  # of the averaged parameters, a step
    betas: int = 300  # steps of the DDPM
    heun_steps: int = 18  # 35 evaluations of the network
    evaluations: tuple[int, ...] = (5, 9, 17, 35, 65, 129)  # for steps against quality
    generated: int = 5000  # images that are judged
    classifier_images: int = 60000  # that the classifier is trained on
    mixed: bool = True  # bfloat16 in the network
    compiled: bool = True
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    device: str = "cuda"


CPU = Config(
    side=14, network="perceptron", width=320, steps=1000, batch=128, decay=0.99, evaluations=(5, 9, 17, 35, 65),
    generated=500, classifier_images=20000, mixed=False, compiled=False, device="cpu",
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


def draw_level(recipe: str, config: Config, count: int, device: str) -> Tensor:
    """Noise levels to train on: log-normal, or any of the DDPM's steps; shape (count, 1)."""
    if recipe == "preconditioned":
        return (1.2 * torch.randn(count, 1, device=device) - 0.6).exp()
    levels = tutorial_levels(config)[:-1].float().to(device)
    return levels[torch.randint(len(levels), (count, 1), device=device)]


def train(recipe: str, x: Tensor, config: Config, here: Process, seed: int) -> tuple[nn.Module, float]:
    """The averaged denoiser, and how many images a second it was trained on."""
    torch.manual_seed(seed)  # the same weights in every process
    network = NETWORKS[config.network](config.side, config.width).to(here.device, memory_format=torch.channels_last)
    denoiser = Preconditioned(network, data_std=1.0) if recipe == "preconditioned" else NoisePrediction(network)
    averaged = AveragedModel(denoiser, multi_avg_fn=get_ema_multi_avg_fn(config.decay))
    model = here.replicate(torch.compile(denoiser) if config.compiled else denoiser)
    optimizer = torch.optim.Adam(denoiser.parameters(), lr=config.lr)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, config.lr, total_steps=config.steps, pct_start=0.1)
    torch.manual_seed(1000 * seed + here.rank)  # other samples and noise in each
    share = config.batch // here.count
    synchronize(here.device)
    started = time.perf_counter()
    for _ in progress(range(config.steps), recipe):
        x0 = x[torch.randint(len(x), (share,), device=here.device)]
        sigma = draw_level(recipe, config, share, here.device)
        with torch.autocast(here.device.split(":")[0], torch.bfloat16) if config.mixed else nullcontext():
            loss = denoising_loss(model, x0, sigma, denoiser.weight(sigma)).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        averaged.update_parameters(denoiser)
    synchronize(here.device)
    return averaged.module.eval(), config.steps * config.batch / (time.perf_counter() - started)


def noise(count: int, x: Tensor, seed: int) -> Tensor:
    """Standard normal images."""
    return torch.randn(count, x.shape[1], generator=torch.Generator().manual_seed(seed)).to(x.device)


def generate(recipe: str, denoiser: nn.Module, config: Config, x: Tensor, seed: int) -> Tensor:
    """Images of unit variance by the recipe's own sampler."""
    levels = tutorial_levels(config) if recipe == "ddpm" else noise_levels(SIGMA_MAX, SIGMA_MIN, config.heun_steps)
    # the variance of the data is 1, and so is that of the DDPM's last step, sigma² + 1 in our units
    start = (1 + levels[0] ** 2).sqrt() if recipe == "ddpm" else levels[0]
    return sample(
        sde_step if recipe == "ddpm" else heun_step, denoiser, start.to(x) * noise(config.generated, x, seed), levels
    )


def strip(denoiser: nn.Module, x: Tensor, config: Config, seed: int, count: int = 5, columns: int = 8) -> Tensor:
    """What the denoiser sees, made of unit variance, above what it answers, on the way to some samples."""
    levels = noise_levels(SIGMA_MAX, SIGMA_MIN, 4 * columns).to(x)
    z, seen = levels[0] * noise(count, x, seed), []
    for place, (sigma, sigma_next) in enumerate(pairwise(levels)):
        if place % 4 == 3:
            seen.append(torch.stack([z / (1 + sigma**2).sqrt(), denoiser(z, sigma)], dim=1))
        z = heun_step(denoiser, z, sigma, sigma_next)
    return torch.stack(seen, dim=2)[:2].reshape(4 * columns, -1)


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

    def fidelity(generated: Tensor) -> float:
        return distance(classifier, enlarged(generated, config), enlarged(test, config))

    results = {name: [] for name in ("real_distance", "real_confidence")}
    results |= {
        f"{kind}_{recipe}": [] for recipe in ("preconditioned", "ddpm") for kind in ("distance", "confidence", "speed")
    }
    curves, pictures = {"heun": [], "ode": [], "sde": []}, {}
    for place, seed in enumerate(config.seeds):
        real = pixels[torch.randint(len(pixels), (config.generated,), generator=torch.Generator().manual_seed(seed))]
        results["real_distance"].append(fidelity(real))
        results["real_confidence"].append(confidence(classifier, enlarged(real, config)))
        for recipe in ("preconditioned", "ddpm"):
            denoiser, speed = train(recipe, x, config, here, seed)
            with torch.no_grad():
                generated = generate(recipe, denoiser, config, x, seed) * std + mean
                results[f"distance_{recipe}"].append(fidelity(generated))
                results[f"confidence_{recipe}"].append(confidence(classifier, enlarged(generated, config)))
                results[f"speed_{recipe}"].append(speed)
                if place == 0:
                    pictures[recipe] = picture(generated[:40], config, columns=10)
                if recipe == "preconditioned":
                    for name, values in quality(denoiser, config, x, seed, lambda z: fidelity(z * std + mean)).items():
                        curves[name].append(values)
                    if place == 0:
                        pictures["strip"] = picture(strip(denoiser, x, config, seed) * std + mean, config, columns=8)
                        pictures["inpainted"] = picture(
                            inpainted(denoiser, x[:4], config) * std + mean, config, columns=6
                        )
    forward = pixels.new_tensor([0.0, 0.2, 0.5, 1.0, 2.0, 5.0]).view(1, -1, 1)
    noised = (x[:3, None] + forward * noise(18, x, 0).view(3, 6, -1)) / (1 + forward**2).sqrt()
    pictures["noised"] = picture(noised.flatten(0, 1) * std + mean, config, columns=6)
    work = operations(lambda: denoising_loss(denoiser, x[:8], x.new_ones(8, 1), x.new_ones(8, 1)).sum().backward()) / 8
    share = torch.tensor(results["speed_preconditioned"]) * work / matrix_throughput(here.device) / here.count
    return record(
        config,
        started,
        series=curves,
        results=results | {"matrix_share": share},
        data=config.dataset,
        images=pictures,
    )


def quality(
    denoiser: nn.Module, config: Config, x: Tensor, seed: int, fidelity: Callable[[Tensor], float]
) -> dict[str, list[float]]:
    """Fréchet distance for each number of evaluations of the network, by sampler."""
    start = SIGMA_MAX * noise(config.generated, x, seed)
    found = {"heun": [], "ode": [], "sde": []}
    for evaluations in config.evaluations:
        for name, step in (("heun", heun_step), ("ode", ode_step), ("sde", sde_step)):
            steps = (evaluations + 1) // 2 if name == "heun" else evaluations
            found[name].append(fidelity(sample(step, denoiser, start, noise_levels(SIGMA_MAX, SIGMA_MIN, steps))))
    return found


def inpainted(denoiser: nn.Module, x: Tensor, config: Config) -> Tensor:
    """Each row: an image, its known upper half, and four completions."""
    mask = (torch.arange(x.shape[1], device=x.device) < x.shape[1] // 2).to(x)
    levels = noise_levels(SIGMA_MAX, SIGMA_MIN, 30)
    known = x.repeat_interleave(4, dim=0)
    filled = inpaint(denoiser, known, mask, levels, repeats=4, generator=torch.Generator(x.device).manual_seed(0))
    return torch.cat([x[:, None], (x * mask)[:, None], filled.view(len(x), 4, -1)], dim=1).flatten(0, 1)


def picture(pixels: Tensor, config: Config, columns: int) -> Tensor:
    return grid(pixels.view(-1, config.side, config.side), columns)


def smoke() -> Run:
    """Few steps of two seeds, on the embedded digits; the U-Net takes one step."""
    UNet(8, 8)(torch.zeros(2, 64), torch.zeros(2, 1)).sum().backward()
    return run(
        Config(
            dataset="digits", side=8, network="perceptron", width=16, steps=4, batch=16, betas=5, heun_steps=3,
            evaluations=(5,), generated=80, classifier_images=256, mixed=False, compiled=False, seeds=(0, 1),
            device="cpu",
        )
    )  # fmt: skip
