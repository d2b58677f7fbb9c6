"""A recurrent network that must remember its first input, trained with and without gradient clipping."""

import time
from dataclasses import dataclass

import torch
from torch import Tensor

from dlnotes.experiments import progress, record
from dlnotes.gradient_descent import SGD, clip_grad_norm_
from dlnotes.runs import Run


@dataclass(frozen=True)
class Config:
    length: int = 20  # inputs of a sequence; the first is +1 or -1, the others are noise
    noise: float = 0.3  # standard deviation of the other inputs
    hidden: int = 16  # tanh units
    lrs: tuple[float, ...] = (0.01, 0.03, 0.1, 0.3, 1.0)
    max_norm: float = 1.0  # of the clipped gradient
    steps: int = 300
    batch: int = 64  # sequences a step
    test_sequences: int = 1000
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)  # initial weights and sequences
    device: str = "cuda"


CPU = Config(device="cpu")
DIVERGED = 10.0  # recorded for every loss above it, or not finite; a constant output 0 has the loss 0.5


def sequences(config: Config, count: int, generator: torch.Generator) -> Tensor:
    """Inputs, shape (count, length)."""
    inputs = config.noise * torch.randn(count, config.length, generator=generator)
    inputs[:, 0] = 2.0 * torch.randint(2, (count,), generator=generator) - 1
    return inputs


def initial(config: Config, seed: int) -> list[Tensor]:
    """Input weights, orthogonal recurrent matrix and output weights of one network."""
    generator = torch.Generator().manual_seed(seed)
    recurrent = torch.linalg.qr(torch.randn(config.hidden, config.hidden, generator=generator)).Q
    scale = config.hidden**-0.5
    drawn = [torch.randn(config.hidden, generator=generator), recurrent]
    drawn.append(scale * torch.randn(config.hidden, generator=generator))
    return [tensor.to(config.device).requires_grad_() for tensor in drawn]


def predictions(networks: list[list[Tensor]], inputs: Tensor) -> Tensor:
    """Outputs after the last input, shape (networks, count); inputs have the shape (networks, count, length)."""
    read, recurrent, write = (torch.stack(parameters) for parameters in zip(*networks, strict=True))
    hidden = torch.zeros(*inputs.shape[:2], recurrent.shape[-1], device=inputs.device)
    for x in inputs.unbind(-1):
        hidden = torch.tanh(hidden @ recurrent.mT + x.unsqueeze(-1) * read.unsqueeze(1))
    return (hidden @ write.unsqueeze(-1)).squeeze(-1)


def losses(networks: list[list[Tensor]], inputs: Tensor) -> Tensor:
    """Half the mean square error of each network: the target is the first input."""
    return 0.5 * (predictions(networks, inputs) - inputs[..., 0]).square().mean(dim=-1)


def train(config: Config, lr: float, clip: bool) -> Tensor:
    """Loss on new sequences after every tenth of the steps, shape (seeds, 10)."""
    networks = [initial(config, seed) for seed in config.seeds]
    generators = [torch.Generator().manual_seed(1000 + seed) for seed in config.seeds]
    test = torch.stack([sequences(config, config.test_sequences, generator) for generator in generators])
    optimizer = SGD([parameter for network in networks for parameter in network], lr=lr)
    tested = []
    for step in progress(range(1, config.steps + 1), f"lr {lr}, {'clipped' if clip else 'not clipped'}"):
        inputs = torch.stack([sequences(config, config.batch, generator) for generator in generators])
        optimizer.zero_grad()
        losses(networks, inputs.to(config.device)).sum().backward()  # each network's gradient is that of its own loss
        if clip:
            for network in networks:
                clip_grad_norm_(network, config.max_norm)
        optimizer.step()
        if step % (config.steps // 10) == 0:
            with torch.no_grad():
                tested.append(losses(networks, test.to(config.device)))
    return torch.stack(tested, dim=1).nan_to_num(nan=DIVERGED).clamp(max=DIVERGED)


def run(config: Config) -> Run:
    started = time.time()
    ways = {"clipped": True, "free": False}
    loss = {name: torch.stack([train(config, lr, clip) for lr in config.lrs], dim=1) for name, clip in ways.items()}
    best = {name: values[..., -1].mean(0).argmin() for name, values in loss.items()}  # learning rate, by mean loss
    results = {}
    for name, values in loss.items():
        results[f"{name}_loss"] = values[:, best[name], -1]
        results[f"{name}_lr"] = [config.lrs[best[name]]] * len(config.seeds)
        results[f"{name}_diverged"] = (values[..., -1] >= DIVERGED).sum(dim=1)  # of the learning rates
    return record(config, started, series={f"{name}_loss": values for name, values in loss.items()}, results=results)


def smoke() -> Run:
    return run(Config(length=5, hidden=4, lrs=(0.1,), steps=10, batch=8, test_sequences=20, seeds=(0, 1), device="cpu"))
