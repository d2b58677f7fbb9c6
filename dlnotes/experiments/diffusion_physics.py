"""A mixture of two normal distributions diffuses in a harmonic trap, and is brought back in several ways."""

import time
from dataclasses import dataclass

import torch
from torch import Tensor

from dlnotes.diffusion_physics import Mixture, euler_maruyama, probability_flow, reversed_force
from dlnotes.experiments import progress, record
from dlnotes.runs import Run


@dataclass(frozen=True)
class Config:
    weights: tuple[float, float] = (0.35, 0.65)
    means: tuple[float, float] = (-1.5, 1.0)  # lengths
    stds: tuple[float, float] = (0.2, 0.3)  # lengths
    rate: float = 1.0  # of the trap, per time
    diffusion: float = 1.0  # length² per time; k_BT is the unit of energy
    duration: float = 2.0  # T, time
    steps: int = 500  # denser where the density is narrow
    particles: int = 20_000
    edges: tuple[float, float, int] = (-3.5, 3.5, 71)  # first and last edge of the histograms, and how many
    shown: int = 12  # paths kept for the figure
    points: int = 41  # of each of these paths
    frames: int = 9  # histograms kept of the way back
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    device: str = "cpu"


CPU = Config()


def ways_back(start: Mixture, config: Config) -> dict:
    """Drift at the time s that has passed since the reversal, and diffusion coefficient, of every way."""

    def density(elapsed: float) -> Mixture:
        return start.after(max(config.duration - elapsed, 0.0), config.rate, config.diffusion)

    def force(x: Tensor) -> Tensor:
        return -config.rate / config.diffusion * x

    def reversed_drift(x: Tensor, elapsed: float) -> Tensor:
        return config.diffusion * reversed_force(force(x), density(elapsed).score(x), temperature=1.0)

    def frozen_drift(x: Tensor, elapsed: float) -> Tensor:
        return reversed_drift(x, 0.0)

    def flow(x: Tensor, elapsed: float) -> Tensor:
        return -probability_flow(force(x), density(elapsed).score(x), config.diffusion, temperature=1.0)

    return {
        "sde": (reversed_drift, config.diffusion),
        "ode": (flow, 0.0),
        "frozen": (frozen_drift, config.diffusion),
        "silent": (reversed_drift, 0.0),
        "single": (flow, config.diffusion),
    }


def wasserstein(sample: Tensor, target: Mixture) -> Tensor:
    """Mean distance between the sorted sample and the quantiles of the target: the Wasserstein-1 distance."""
    grid = torch.linspace(-6, 6, 20_001, dtype=sample.dtype, device=sample.device)
    cumulative = target.log_density(grid).exp().cumsum(0)
    levels = (torch.arange(len(sample), dtype=sample.dtype, device=sample.device) + 0.5) / len(sample)
    quantiles = grid[torch.searchsorted(cumulative / cumulative[-1], levels).clamp(max=len(grid) - 1)]
    return (sample.sort().values - quantiles).abs().mean()


def histogram(sample: Tensor, config: Config) -> Tensor:
    """Density in the bins."""
    low, high, count = config.edges
    width = (high - low) / (count - 1)
    return torch.histc(sample, count - 1, low, high) / (len(sample) * width)


def correlation(start: Tensor, end: Tensor) -> Tensor:
    return torch.corrcoef(torch.stack([start, end]))[0, 1]


def run(config: Config) -> Run:
    """Goes forth once and back in every way, once per seed."""
    started = time.time()
    start = Mixture(*(torch.tensor(part, dtype=torch.float64, device=config.device) for part in (
        config.weights, config.means, [std**2 for std in config.stds])))  # fmt: skip
    end = start.after(config.duration, config.rate, config.diffusion)
    fractions = torch.linspace(0, 1, config.steps + 1, dtype=torch.float64)
    forth, back = config.duration * fractions**2, config.duration * (1 - (1 - fractions) ** 2)
    kept = torch.linspace(0, config.steps, config.points).round().long()
    series, results = {"forth_times": forth[kept], "back_times": back[kept]}, {}
    for seed in progress(config.seeds, "seeds"):
        generator = torch.Generator(config.device).manual_seed(seed)
        initial = start.sample(config.particles, generator)
        noised = euler_maruyama(lambda x, _: -config.rate * x, initial, forth, config.diffusion, generator)
        results.setdefault("correlation_forth", []).append(correlation(initial, noised[-1]))
        results.setdefault("distance_fresh", []).append(wasserstein(initial, start))
        if seed == config.seeds[0]:
            series["paths_forth"] = noised[kept, : config.shown].T
        final = end.sample(config.particles, generator)
        for name, (drift, diffusion) in ways_back(start, config).items():
            positions = euler_maruyama(drift, final, back, diffusion, generator)
            series.setdefault(f"histogram_{name}", []).append(histogram(positions[-1], config))
            results.setdefault(f"distance_{name}", []).append(wasserstein(positions[-1], start))
            results.setdefault(f"variance_{name}", []).append(positions[-1].var())
            results.setdefault(f"correlation_{name}", []).append(correlation(positions[-1], final))
            if seed == config.seeds[0] and name in ("sde", "ode"):
                series[f"paths_{name}"] = positions[kept, : config.shown].T
            if seed == config.seeds[0] and name == "sde":
                moments = torch.linspace(0, config.steps, config.frames).round().long()
                series["frame_times"] = back[moments]
                series["frames"] = torch.stack([histogram(sample, config) for sample in positions[moments]])
    path = ["particle", "time"]
    axes = {"forth_times": ["time"], "back_times": ["time"], "frame_times": ["time"], "frames": ["time", "bin"]}
    axes |= {"paths_forth": path, "paths_sde": path, "paths_ode": path}
    return record(config, started, series=series, results=results, axes=axes)


def smoke() -> Run:
    """Few particles and steps, two seeds."""
    return run(Config(particles=300, steps=40, points=5, frames=3, seeds=(0, 1)))
