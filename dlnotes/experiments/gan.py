"""Eight Gaussians on a ring: how many of them a generator finds, with six ways of playing the same game.

The seeds of a way train as one stack: every parameter has a leading dimension that runs over them.
"""

import math
import time
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn.functional import leaky_relu, softplus

from dlnotes.experiments import progress, record
from dlnotes.experiments._stacked import Linear
from dlnotes.gan import covered_modes
from dlnotes.runs import Run


@dataclass(frozen=True)
class Game:
    """One way of playing."""

    saturating: bool = False  # the generator's loss
    d_steps: int = 1  # of the discriminator
    g_steps: int = 1  # of the generator, after them
    g_lr: float = 1.0  # learning rate of the generator, in those of the discriminator
    gamma: float = 0.0  # weight of the penalty, which is halved


GAMES = {
    "saturating": Game(saturating=True),
    "non_saturating": Game(),
    "five_g_steps": Game(g_steps=5),
    "greedy_g": Game(g_steps=5, g_lr=10.0),
    "five_d_steps": Game(d_steps=5),
    "r1": Game(gamma=0.3),
}
AXES = {
    "samples": ["game", "time", "sample", "coordinate"],
    "sample_steps": ["time"],
    **{f"{name}_{game}": ["seed", "measurement"] for name in ("modes", "near", "value", "answer") for game in GAMES},
}


@dataclass(frozen=True)
class Config:
    modes: int = 8
    radius: float = 2.0  # of the ring
    std: float = 0.05  # of each Gaussian
    latent: int = 2  # dimensions of the noise
    hidden: int = 64  # units of each of the two hidden layers
    steps: int = 4000  # rounds
    batch: int = 256
    lr: float = 1e-3  # of Adam
    every: int = 100  # rounds between measurements
    measured: int = 1000  # samples a measurement
    shown: int = 40  # samples kept for the figure, of the first seed
    times: int = 5  # moments at which they are kept
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    device: str = "cuda"


CPU = Config(steps=2000, device="cpu")


def ring(config: Config) -> Tensor:
    """Centres of the Gaussians, shape (modes, 2)."""
    angle = 2 * math.pi * torch.arange(config.modes, device=config.device) / config.modes
    return config.radius * torch.stack([angle.cos(), angle.sin()], dim=1)


class Network(nn.Module):
    """Two hidden layers, for every seed its own."""

    def __init__(self, inputs: int, outputs: int, hidden: int, generators: list[torch.Generator]):
        super().__init__()
        sizes = (inputs, hidden, hidden, outputs)
        self.layers = nn.ModuleList(Linear(a, b, generators) for a, b in pairwise(sizes))

    def forward(self, x: Tensor) -> Tensor:
        for layer in self.layers[:-1]:
            x = leaky_relu(layer(x), 0.2)
        return self.layers[-1](x)


def per_seed(logits: Tensor) -> Tensor:
    """Mean of softplus for every seed, shape (seeds,): -log(1 - D) of the logits, -log D of minus the logits."""
    return softplus(logits).mean((1, 2))


def penalty(discriminator: Network, real: Tensor) -> Tensor:
    """The penalty (gan-r1) of every seed, shape (seeds,)."""
    real = real.requires_grad_()
    (slopes,) = torch.autograd.grad(discriminator(real).sum(), real, create_graph=True)
    return slopes.square().sum(-1).mean(-1)


def update(optimizer: torch.optim.Optimizer, losses: Tensor) -> None:
    """One step on the sum of the seeds' losses: each seed's own gradient."""
    optimizer.zero_grad()
    losses.sum().backward()
    optimizer.step()


def play(game: Game, config: Config) -> dict[str, Tensor]:
    """One game for all seeds: what was measured, shape (seeds, measurements), and samples of the first seed."""
    generators = [torch.Generator().manual_seed(seed) for seed in config.seeds]
    generator = Network(config.latent, 2, config.hidden, generators).to(config.device)
    discriminator = Network(2, 1, config.hidden, generators).to(config.device)
    centres, seeds = ring(config), len(config.seeds)
    draw = torch.Generator(config.device).manual_seed(config.seeds[0])

    def noise(count: int) -> Tensor:
        return torch.randn(seeds, count, config.latent, generator=draw, device=config.device)

    def data(count: int) -> Tensor:
        chosen = torch.randint(config.modes, (seeds, count), generator=draw, device=config.device)
        spread = torch.randn(seeds, count, 2, generator=draw, device=config.device)
        return centres[chosen] + config.std * spread

    G_step = torch.optim.Adam(generator.parameters(), game.g_lr * config.lr, betas=(0.5, 0.99))
    D_step = torch.optim.Adam(discriminator.parameters(), config.lr, betas=(0.5, 0.99))
    probe, radius = noise(config.measured), 3 * config.std
    found = {"modes": [], "near": [], "value": [], "answer": [], "samples": []}
    for step in progress(range(config.steps + 1), "steps"):
        if step % config.every == 0:
            with torch.no_grad():
                made = generator(probe)
                real, fake = discriminator(data(config.measured)), discriminator(made)
            found["modes"].append(covered_modes(made, centres, radius).sum(-1))
            found["near"].append((torch.cdist(made, centres).amin(-1) < radius).float().mean(-1))
            found["value"].append(-per_seed(-real) - per_seed(fake))
            found["answer"].append(fake.sigmoid().mean((1, 2)))
        if step % (config.steps // (config.times - 1)) == 0:
            found["samples"].append(made[0, : config.shown])
        for _ in range(game.d_steps):
            real, fake = data(config.batch), generator(noise(config.batch)).detach()
            losses = per_seed(-discriminator(real)) + per_seed(discriminator(fake))
            if game.gamma:
                losses = losses + game.gamma / 2 * penalty(discriminator, real)
            update(D_step, losses)
        for _ in range(game.g_steps):
            fake = discriminator(generator(noise(config.batch)))
            update(G_step, -per_seed(fake) if game.saturating else per_seed(-fake))
    return {name: torch.stack(values, 0 if name == "samples" else 1) for name, values in found.items()}


def run(config: Config) -> Run:
    """Plays every game with every seed."""
    started = time.time()
    found = {name: play(game, config) for name, game in GAMES.items()}
    measured = ("modes", "near", "value", "answer")
    series = {f"{what}_{name}": found[name][what] for what in measured for name in GAMES}
    samples = torch.stack([found[name]["samples"] for name in GAMES])
    series["samples"] = samples.double().cpu().mul(100).round() / 100
    series["sample_steps"] = [i * (config.steps // (config.times - 1)) for i in range(config.times)]
    results = {f"{what}_{name}": found[name][what][:, -1] for what in ("modes", "near") for name in GAMES}
    lost = {f"most_{name}": found[name]["modes"].amax(1) for name in GAMES}
    return record(config, started, series=series, results=results | lost, axes=AXES)


def smoke() -> Run:
    """Small networks, few steps, two seeds."""
    return run(Config(hidden=8, steps=20, batch=32, every=5, measured=50, shown=5, seeds=(0, 1), device="cpu"))
