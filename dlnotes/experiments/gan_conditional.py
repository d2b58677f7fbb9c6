"""A target with two answers: what regression says, what a conditional GAN says, and what its discriminator has learned.

The data are y = ±h(x) + noise, either sign with probability 1/2. Seeds train as one stack.
"""

import time
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn.functional import leaky_relu, softplus

from dlnotes.experiments import progress, record
from dlnotes.experiments._stacked import Linear
from dlnotes.runs import Run

AXES = {"x": ["point"], "regression": ["point"], "generated": ["point"], "data": ["point"]}


@dataclass(frozen=True)
class Config:
    std: float = 0.1  # of the noise in the data
    hidden: int = 64  # units of each of the two hidden layers
    latent: int = 2  # dimensions of the generator's noise
    steps: int = 3000
    batch: int = 256
    lr: float = 1e-3  # of Adam
    gamma: float = 0.1  # weight of the penalty on the discriminator, which is halved
    measured: int = 2000  # new points
    shown: int = 150  # points kept for the figure, of the first seed
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    device: str = "cuda"


CPU = Config(steps=2000, device="cpu")


class Network(nn.Module):
    """Two hidden layers, for every seed its own."""

    def __init__(self, inputs: int, hidden: int, generators: list[torch.Generator]):
        super().__init__()
        self.layers = nn.ModuleList(Linear(a, b, generators) for a, b in pairwise((inputs, hidden, hidden, 1)))

    def forward(self, *parts: Tensor) -> Tensor:
        x = torch.cat(parts, dim=-1)
        for layer in self.layers[:-1]:
            x = leaky_relu(layer(x), 0.2)
        return self.layers[-1](x)


def height(x: Tensor) -> Tensor:
    """h(x), the size of both answers."""
    return 1 + 0.5 * x


def update(optimizer: torch.optim.Optimizer, losses: Tensor) -> None:
    """One step on the sum of the seeds' losses: each seed's own gradient."""
    optimizer.zero_grad()
    losses.sum().backward()
    optimizer.step()


def run(config: Config) -> Run:
    """Trains a regression and a conditional GAN on the same data and measures both on new points."""
    started = time.time()
    generators = [torch.Generator().manual_seed(seed) for seed in config.seeds]
    nets = [Network(n, config.hidden, generators).to(config.device) for n in (1, 1 + config.latent, 2)]
    regression, generator, discriminator = nets
    fit, G_step, D_step = (torch.optim.Adam(net.parameters(), config.lr, betas=(0.5, 0.99)) for net in nets)
    draw = torch.Generator(config.device).manual_seed(config.seeds[0])

    def noise(count: int, dims: int) -> Tensor:
        return torch.randn(len(config.seeds), count, dims, generator=draw, device=config.device)

    def data(count: int) -> tuple[Tensor, Tensor]:
        x = 2 * torch.rand(len(config.seeds), count, 1, generator=draw, device=config.device) - 1
        return x, noise(count, 1).sign() * height(x) + config.std * noise(count, 1)

    for _ in progress(range(config.steps), "steps"):
        x, y = data(config.batch)
        update(fit, (regression(x) - y).square().mean((1, 2)))
        fake = generator(x, noise(config.batch, config.latent)).detach()
        real = y.requires_grad_()
        logits = discriminator(x, real)
        (slopes,) = torch.autograd.grad(logits.sum(), real, create_graph=True)
        losses = softplus(-logits) + softplus(discriminator(x, fake)) + config.gamma / 2 * slopes.square()
        update(D_step, losses.mean((1, 2)))
        fake = generator(x, noise(config.batch, config.latent))
        update(G_step, softplus(-discriminator(x, fake)).mean((1, 2)))
    with torch.no_grad():
        x, y = data(config.measured)
        said, made = regression(x), generator(x, noise(config.measured, config.latent))

    def far(answers: Tensor) -> Tensor:
        """Mean distance of the answers from the nearer of the two right ones, shape (seeds,)."""
        return (answers.abs() - height(x)).abs().mean((1, 2))

    results = {"off_regression": far(said), "off_gan": far(made), "off_data": far(y)}
    results |= {"mse_regression": (said - y).square().mean((1, 2)), "mse_gan": (made - y).square().mean((1, 2))}
    results["share_above"] = (made > 0).float().mean((1, 2))
    kept = {"x": x, "regression": said, "generated": made, "data": y}
    series = {name: (1000 * values[0, : config.shown, 0].double()).round() / 1000 for name, values in kept.items()}
    return record(config, started, series=series, results=results, axes=AXES)


def smoke() -> Run:
    """Few steps, two seeds."""
    return run(Config(hidden=8, steps=10, batch=16, measured=20, shown=5, seeds=(0, 1), device="cpu"))
