"""Brownian particles: force and flux, the Fokker–Planck equation, and how both are run backwards.

Lengths, times and energies are in units of the reader's choice; temperature is always the energy $k_B T$.
"""

# --8<-- [start:imports]
import math
from collections.abc import Callable
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

# --8<-- [end:imports]


# --8<-- [start:flux]
def flux(
    density: Float[Tensor, "*x"],
    slope: Float[Tensor, "*x"],
    force: Float[Tensor, "*x"],
    diffusion: float,
    temperature: float,
) -> Float[Tensor, "*x"]:
    r"""Net flow of particles to the right (Smoluchowski 1916): $j = -D \partial_x p + \frac{D}{k_B T} p f$.

    Args:
        density: p, per length.
        slope: its derivative $\partial_x p$.
        force: f, energy per length.
        diffusion: D > 0, length² per time.
        temperature: $k_B T > 0$, energy.

    Returns:
        j, particles per time (diffusion_physics-flux).

    Raises:
        ValueError: `diffusion` or `temperature` is not positive.

    >>> x = torch.tensor([0.0, 1.0, 2.0])
    >>> p = torch.exp(-(x**2) / 2)  # Boltzmann's law for the force -x
    >>> flux(p, -x * p, -x, diffusion=0.5, temperature=1.0)
    tensor([0., 0., 0.])
    """
    _check_positive(diffusion=diffusion, temperature=temperature)
    return diffusion / temperature * density * force - diffusion * slope


def reversed_force(force: Float[Tensor, "*x"], score: Float[Tensor, "*x"], temperature: float) -> Float[Tensor, "*x"]:
    r"""The force that turns the flux round (Anderson 1982): $f' = -f + 2 k_B T \, \partial_x \log p$.

    Args:
        force: f at the particles, energy per length.
        score: $\partial_x \log p$ there, per length, of the density of the moment that is to be reversed.
        temperature: $k_B T > 0$, energy.

    Returns:
        f' (diffusion_physics-reversed-force).

    >>> reversed_force(torch.tensor([-1.0]), torch.tensor([-1.0]), temperature=1.0)  # equilibrium: nothing to reverse
    tensor([-1.])
    """
    _check_positive(temperature=temperature)
    return 2 * temperature * score - force


def probability_flow(
    force: Float[Tensor, "*x"], score: Float[Tensor, "*x"], diffusion: float, temperature: float
) -> Float[Tensor, "*x"]:
    r"""Velocity that moves the density as force and noise do together (Song et al. 2021): $v = j / p$.

    Args:
        force: f at the particles, energy per length.
        score: $\partial_x \log p$ there, per length, of the density of this moment.
        diffusion: D > 0, length² per time.
        temperature: $k_B T > 0$, energy.

    Returns:
        $\frac{D}{k_B T} f - D \, \partial_x \log p$ (diffusion_physics-velocity); its negative goes back in time.

    >>> probability_flow(torch.tensor([0.0]), torch.tensor([-2.0]), diffusion=0.5, temperature=1.0)
    tensor([1.])
    """
    _check_positive(diffusion=diffusion, temperature=temperature)
    return diffusion / temperature * force - diffusion * score


# --8<-- [end:flux]


# --8<-- [start:euler_maruyama]
def euler_maruyama(
    drift: Callable[[Float[Tensor, "*shape"], float], Float[Tensor, "*shape"]],
    start: Float[Tensor, "*shape"],
    times: Float[Tensor, " points"],
    diffusion: float,
    generator: torch.Generator | None = None,
) -> Float[Tensor, "points *shape"]:  # noqa: F821
    r"""Positions of particles with a drift and noise (Maruyama 1955): $x \leftarrow x + a \tau + \sqrt{2 D \tau} \xi$.

    Args:
        drift: a, from the positions and the time to velocities.
        start: the positions at the first time.
        times: increasing; τ is the difference of neighbours.
        diffusion: D, length² per time; 0 makes it Euler's method for the ODE.
        generator: source of random numbers.

    Returns:
        The positions at all times (diffusion_physics-step), shape (points, *shape).

    Raises:
        ValueError: `diffusion` is negative, or the times do not increase.

    >>> euler_maruyama(lambda x, t: -x, torch.tensor([1.0]), torch.tensor([0.0, 0.5, 1.0]), diffusion=0.0)
    tensor([[1.0000],
            [0.5000],
            [0.2500]])
    """
    if diffusion < 0:
        raise ValueError(f"diffusion must not be negative, got {diffusion}; to go back in time, reverse the force")
    steps = times.diff().tolist()
    if any(step <= 0 for step in steps):
        raise ValueError("times must increase; to go back in time, reverse the force and count time anew")
    positions = [start]
    for time, step in zip(times.tolist(), steps, strict=False):
        x = positions[-1]
        noise = torch.randn(x.shape, generator=generator, dtype=x.dtype, device=x.device)
        positions.append(x + step * drift(x, time) + math.sqrt(2 * diffusion * step) * noise)
    return torch.stack(positions)


# --8<-- [end:euler_maruyama]


# --8<-- [start:ornstein_uhlenbeck]
class Moments(NamedTuple):
    """Mean and variance.

    >>> ornstein_uhlenbeck(torch.tensor(1.0), torch.tensor(0.0), time=0.0, rate=1.0, diffusion=1.0)
    Moments(mean=tensor(1.), variance=tensor(0.))
    """

    mean: Float[Tensor, "*batch"]  # in units of x
    variance: Float[Tensor, "*batch"]  # in units of x squared


def ornstein_uhlenbeck(
    mean: Float[Tensor, "*batch"],
    variance: Float[Tensor, "*batch"],
    time: float,
    rate: float,
    diffusion: float,
) -> Moments:
    r"""Mean and variance after a time with drift $-\theta x$ and noise (Uhlenbeck and Ornstein 1930), exact.

    $m e^{-\theta t}$ and $v e^{-2 \theta t} + \frac{D}{\theta} (1 - e^{-2 \theta t})$; at $\theta = 0$, pure diffusion,
    $m$ and $v + 2 D t$.

    Args:
        mean: m at the beginning, length; 0 variance makes it a point.
        variance: v at the beginning, length².
        time: t ≥ 0.
        rate: θ ≥ 0, per time: the stiffness of the trap times $D / k_B T$.
        diffusion: D ≥ 0, length² per time.

    Returns:
        Both at time t, as the arguments' shapes (diffusion_physics-ou-solution).

    Raises:
        ValueError: `time`, `rate` or `diffusion` is negative.

    >>> ornstein_uhlenbeck(torch.tensor(2.0), torch.tensor(0.0), time=math.log(2.0), rate=1.0, diffusion=1.0)
    Moments(mean=tensor(1.), variance=tensor(0.7500))
    """
    for name, value in (("time", time), ("rate", rate), ("diffusion", diffusion)):
        if not value >= 0:
            raise ValueError(f"{name} must not be negative, got {value}")
    decay = math.exp(-rate * time)
    gained = 2 * diffusion * time if rate == 0 else -diffusion / rate * math.expm1(-2 * rate * time)
    return Moments(mean * decay, variance * decay**2 + gained)


class Mixture(NamedTuple):
    """Mixture of normal distributions on a line: weights that sum to 1, means and variances.

    >>> pair = Mixture(torch.tensor([0.5, 0.5]), torch.tensor([-1.0, 1.0]), torch.tensor([1.0, 1.0]))
    >>> pair.score(torch.tensor([0.0]))
    tensor([0.])
    """

    weights: Float[Tensor, " K"]  # summing to 1
    means: Float[Tensor, " K"]  # in units of x
    variances: Float[Tensor, " K"]  # in units of x squared

    def log_density(self, x: Float[Tensor, "*x"]) -> Float[Tensor, "*x"]:
        """Logarithm of the density (diffusion_physics-mixture).

        Args:
            x: points, of any shape.

        Returns:
            The logarithms, in the shape of `x`.
        """
        return torch.logsumexp(self._log_parts(x), dim=-1)

    def score(self, x: Float[Tensor, "*x"]) -> Float[Tensor, "*x"]:
        """Derivative of the log density: each component's pull to its mean, by its share of the density at x.

        Args:
            x: points, of any shape.

        Returns:
            The derivatives, in the shape of `x` and in units of 1 / x.
        """
        shares = torch.softmax(self._log_parts(x), dim=-1)
        return (shares * (self.means - x.unsqueeze(-1)) / self.variances).sum(dim=-1)

    def sample(self, count: int, generator: torch.Generator | None = None) -> Float[Tensor, " count"]:
        """Independent draws.

        Args:
            count: how many.
            generator: source of random numbers; None: torch's own.

        Returns:
            The draws, shape (count,).
        """
        which = torch.multinomial(self.weights, count, replacement=True, generator=generator)
        noise = torch.randn(count, generator=generator, dtype=self.means.dtype, device=self.means.device)
        return self.means[which] + self.variances[which].sqrt() * noise

    def after(self, time: float, rate: float, diffusion: float) -> "Mixture":
        """The mixture that it has become after a time in a harmonic trap, or under pure diffusion at rate 0.

        Args:
            time: t, at least 0.
            rate: θ, of the drift to 0, in units of 1 / time.
            diffusion: D, in units of x² / time.

        Returns:
            A mixture of as many components, see `ornstein_uhlenbeck`.
        """
        return Mixture(self.weights, *ornstein_uhlenbeck(self.means, self.variances, time, rate, diffusion))

    def _log_parts(self, x: Tensor) -> Tensor:
        """Logarithm of every weighted component, shape (*x, K)."""
        squares = (x.unsqueeze(-1) - self.means) ** 2 / self.variances
        return self.weights.log() - 0.5 * (squares + (2 * math.pi * self.variances).log())


# --8<-- [end:ornstein_uhlenbeck]


# --8<-- [start:finite_volumes]
def bernoulli(w: Float[Tensor, "*w"]) -> Float[Tensor, "*w"]:
    """Bernoulli's function $B(w) = w / (e^w - 1)$, with $B(0) = 1$.

    Args:
        w: numbers of any shape.

    Returns:
        The function's values, in the same shape.

    >>> bernoulli(torch.tensor([0.0, 1.0]))
    tensor([1.0000, 0.5820])
    """
    return torch.where(w == 0, 1.0, w / torch.expm1(torch.where(w == 0, 1.0, w)))


def transition_rates(
    potential: Float[Tensor, " cells"], spacing: float, diffusion: float, temperature: float
) -> Float[Tensor, "cells cells"]:
    r"""Rates between the cells of a line with walls at both ends (Scharfetter and Gummel 1969).

    From cell i to a neighbour k a particle goes with the rate $\frac{D}{h^2} B(\frac{U_k - U_i}{k_B T})$
    (diffusion_physics-rates), and column i sums to zero: the finite-volume form of the Fokker–Planck equation is
    $\dot{P} = A P$ for the probabilities P of the cells. Boltzmann's law is stationary exactly.

    Args:
        potential: U at the cells' centres, energy.
        spacing: h > 0, width of a cell.
        diffusion: D > 0, length² per time.
        temperature: $k_B T > 0$, energy.

    Returns:
        A, with the rate from cell i to cell k in row k and column i, per time.

    Raises:
        ValueError: `spacing`, `diffusion` or `temperature` is not positive.

    >>> transition_rates(torch.zeros(3), spacing=1.0, diffusion=0.5, temperature=1.0)
    tensor([[-0.5000,  0.5000,  0.0000],
            [ 0.5000, -1.0000,  0.5000],
            [ 0.0000,  0.5000, -0.5000]])
    """
    _check_positive(spacing=spacing, diffusion=diffusion, temperature=temperature)
    climb = potential.diff() / temperature
    rates = diffusion / spacing**2 * (bernoulli(climb).diag(-1) + bernoulli(-climb).diag(1))
    return rates - rates.sum(dim=0).diag()


def fokker_planck(
    probabilities: Float[Tensor, " cells"], rates: Float[Tensor, "rows columns"], step: float, steps: int
) -> Float[Tensor, "points cells"]:
    r"""Evolution of the cells' probabilities by implicit Euler steps, $(I - \tau A) P_{t+1} = P_t$.

    No step is too long: probabilities stay positive and keep their sum (diffusion_physics-implicit).

    Args:
        probabilities: of the cells at the beginning.
        rates: A of `transition_rates`, per time.
        step: τ > 0, time.
        steps: how many.

    Returns:
        The probabilities at all times, shape (steps + 1, cells).

    Raises:
        ValueError: `step` is not positive, or the shapes do not fit.

    >>> rates = transition_rates(torch.zeros(3), spacing=1.0, diffusion=0.5, temperature=1.0)
    >>> fokker_planck(torch.tensor([1.0, 0.0, 0.0]), rates, step=2.0, steps=1)[1]
    tensor([0.6250, 0.2500, 0.1250])
    """
    _check_positive(step=step)
    if rates.shape != 2 * probabilities.shape:
        raise ValueError(f"rates must be a square matrix for {len(probabilities)} cells, got {tuple(rates.shape)}")
    factors = torch.linalg.lu_factor(torch.eye(len(rates), dtype=rates.dtype, device=rates.device) - step * rates)
    evolution = [probabilities]
    for _ in range(steps):
        evolution.append(torch.linalg.lu_solve(*factors, evolution[-1].unsqueeze(-1)).squeeze(-1))
    return torch.stack(evolution)


def boltzmann(potential: Float[Tensor, " cells"], temperature: float) -> Float[Tensor, " cells"]:
    """Boltzmann's law for the cells: probabilities proportional to $e^{-U / k_B T}$.

    Args:
        potential: U at each cell, in units of energy.
        temperature: $k_B T$, in the same unit.

    Returns:
        Probabilities of the cells, summing to 1.

    Raises:
        ValueError: the temperature is not positive.

    >>> boltzmann(torch.tensor([0.0, math.log(3.0)]), temperature=1.0)
    tensor([0.7500, 0.2500])
    """
    _check_positive(temperature=temperature)
    return torch.softmax(-potential / temperature, dim=0)


# --8<-- [end:finite_volumes]


# --8<-- [start:checks]
def _check_positive(**values: float) -> None:
    for name, value in values.items():
        if not value > 0:
            raise ValueError(f"{name} must be positive, got {value}")


# --8<-- [end:checks]
