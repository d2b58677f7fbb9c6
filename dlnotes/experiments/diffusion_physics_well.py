"""Particles in a potential with two wells against the Fokker–Planck equation of the same potential."""

import time
from dataclasses import dataclass

import torch
from torch import Tensor

from dlnotes.diffusion_physics import euler_maruyama, fokker_planck, transition_rates
from dlnotes.experiments import progress, record
from dlnotes.runs import Run


@dataclass(frozen=True)
class Config:
    barrier: float = 3.0  # of the symmetric part, energy in units of k_BT
    tilt: float = 0.5  # slope of the rest, k_BT per length
    diffusion: float = 1.0  # length² per time
    start: float = 1.0  # all particles begin here
    times: tuple[float, ...] = (0.02, 0.2, 1.0, 4.0)  # at which densities are compared
    step: float = 0.001  # time step of the particles
    long_step: float = 0.02  # another one, too long
    cell_step: float = 0.001  # time step of the equation
    particles: int = 100_000
    sizes: tuple[int, ...] = (100, 1000, 10_000, 100_000)  # particles that a histogram is made from
    edges: tuple[float, float, int] = (-2.4, 2.4, 61)  # first and last edge of the bins, and how many
    cells: int = 10  # of the equation in a bin
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    device: str = "cpu"


CPU = Config()


def potential(x: Tensor, config: Config) -> Tensor:
    return config.barrier * (x**2 - 1) ** 2 + config.tilt * x


def drift(x: Tensor, config: Config) -> Tensor:
    """Velocity under the force of the potential, at k_BT = 1."""
    return -config.diffusion * (4 * config.barrier * x * (x**2 - 1) + config.tilt)


def solution(config: Config) -> Tensor:
    """Probabilities of the bins at all times, by the equation, shape (times, bins)."""
    low, high, edges = config.edges
    cells = (edges - 1) * config.cells
    spacing = (high - low) / cells
    centres = low + spacing * (torch.arange(cells, dtype=torch.float64, device=config.device) + 0.5)
    probabilities = torch.zeros_like(centres)
    where = round((config.start - low) / spacing)
    probabilities[[where - 1, where]] = 0.5
    rates = transition_rates(potential(centres, config), spacing, config.diffusion, temperature=1.0)
    evolution = fokker_planck(probabilities, rates, config.cell_step, round(config.times[-1] / config.cell_step))
    moments = [round(moment / config.cell_step) for moment in config.times]
    return evolution[moments].view(len(moments), edges - 1, config.cells).sum(dim=2)


def particles(step: float, config: Config, generator: torch.Generator) -> Tensor:
    """Positions at all times, shape (times, particles), by steps of this length."""
    x = torch.full((config.particles,), config.start, device=config.device)
    positions, before = [], 0.0
    for moment in config.times:
        count = max(round((moment - before) / step), 1)
        for _ in range(count):
            pair = torch.tensor([0.0, (moment - before) / count])
            x = euler_maruyama(lambda x, _: drift(x, config), x, pair, config.diffusion, generator)[-1]
        positions.append(x)
        before = moment
    return torch.stack(positions)


def shares(positions: Tensor, config: Config) -> Tensor:
    """Shares of the particles in the bins."""
    low, high, edges = config.edges
    return torch.histc(positions, edges - 1, low, high).double() / len(positions)


def run(config: Config) -> Run:
    """Both time steps once per seed."""
    started = time.time()
    exact = solution(config)
    series = {"equation": exact, "histogram": [], "error": [], "error_long": []}
    for seed in progress(config.seeds, "seeds"):
        generator = torch.Generator(config.device).manual_seed(seed)
        positions = particles(config.step, config, generator)
        series["histogram"].append(torch.stack([shares(moment, config) for moment in positions]))
        for name, final in (
            ("error", positions[-1]),
            ("error_long", particles(config.long_step, config, generator)[-1]),
        ):
            errors = [(shares(final[:size], config) - exact[-1]).abs().sum() / 2 for size in config.sizes]
            series[name].append(torch.stack(errors))
    results = {name: [errors[-1] for errors in series[name]] for name in ("error", "error_long")}
    return record(config, started, series=series, results=results, axes={"equation": ["time", "bin"]})


def smoke() -> Run:
    """Few particles, short times, two seeds."""
    return run(Config(times=(0.02, 0.1), particles=200, sizes=(50, 200), cells=2, seeds=(0, 1)))
