"""What diffusion models are made of: noise, the score of noisy data, the regression that learns it, and sampling.

The clock is the noise level sigma, the standard deviation of the noise added to each coordinate (Karras et al. 2022). A
denoiser is a function of noisy points and their noise level that returns its guess of the clean points.
"""

# --8<-- [start:imports]
from collections.abc import Callable
from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor, nn

Denoiser = Callable[[Tensor, Tensor], Tensor]  # noisy points (..., d), noise level () or (..., 1) -> points (..., d)

# --8<-- [end:imports]


# --8<-- [start:mixture]
def mixture_log_density(
    x: Float[Tensor, "*batch d"], data: Float[Tensor, "n d"], sigma: float | Float[Tensor, ""]
) -> Float[Tensor, "*batch"]:
    r"""Log-density of the data with Gaussian noise added (diffusion-mixture).

    $\log \frac{1}{N} \sum_i \mathcal{N}(\mathbf{x}; \mathbf{x}^{(i)}, \sigma^2 \mathbf{I})$.

    Args:
        x: where, shape (*batch, d).
        data: the N clean points, one a row, shape (n, d).
        sigma: standard deviation of the noise in each coordinate, in the units of the data.

    Returns:
        In nats, shape (*batch,).

    Raises:
        ValueError: sigma is not positive, there is no data, or the dimensions differ.

    >>> mixture_log_density(torch.zeros(1, 2), torch.zeros(3, 2), 1.0).round(decimals=4)
    tensor([-1.8379])
    """
    _check_mixture(x, data, sigma)
    squares = (x.unsqueeze(-2) - data).square().sum(-1)
    normaliser = 0.5 * x.shape[-1] * torch.log(2 * torch.pi * torch.as_tensor(sigma, dtype=x.dtype) ** 2)
    return torch.logsumexp(-squares / (2 * sigma**2), dim=-1) - normaliser - torch.log(x.new_tensor(len(data)))


def posterior_mean(
    x: Float[Tensor, "*batch d"], data: Float[Tensor, "n d"], sigma: float | Float[Tensor, ""]
) -> Float[Tensor, "*batch d"]:
    r"""The exact denoiser of a finite data set (diffusion-posterior-mean): the mean of the points that x may come from.

    $\hat{\mathbf{x}} = \sum_i w_i \mathbf{x}^{(i)}$ with the softmax weights
    $w_i \propto \exp(-\lVert \mathbf{x} - \mathbf{x}^{(i)} \rVert^2 / 2 \sigma^2)$.

    Args:
        x: noisy points, shape (*batch, d).
        data: the N clean points, one a row, shape (n, d).
        sigma: standard deviation of the noise in each coordinate.

    Returns:
        The mean of the clean points given x, shape (*batch, d).

    Raises:
        ValueError: sigma is not positive, there is no data, or the dimensions differ.

    >>> posterior_mean(torch.tensor([[9.0]]), torch.tensor([[0.0], [10.0]]), 1.0).round(decimals=3)
    tensor([[10.]])
    """
    _check_mixture(x, data, sigma)
    squares = (x.unsqueeze(-2) - data).square().sum(-1)
    return torch.softmax(-squares / (2 * sigma**2), dim=-1) @ data


def mixture_score(
    x: Float[Tensor, "*batch d"], data: Float[Tensor, "n d"], sigma: float | Float[Tensor, ""]
) -> Float[Tensor, "*batch d"]:
    r"""The score of the noisy data in closed form (diffusion-tweedie).

    $\nabla_{\mathbf{x}} \log p_\sigma(\mathbf{x}) = (\hat{\mathbf{x}} - \mathbf{x}) / \sigma^2$.

    Args:
        x: where, shape (*batch, d).
        data: the N clean points, one a row, shape (n, d).
        sigma: standard deviation of the noise in each coordinate.

    Returns:
        The score, in 1 / units of the data, shape (*batch, d).

    Raises:
        ValueError: sigma is not positive, there is no data, or the dimensions differ.

    >>> mixture_score(torch.tensor([[1.0]]), torch.tensor([[3.0]]), 2.0)
    tensor([[0.5000]])
    """
    return (posterior_mean(x, data, sigma) - x) / sigma**2


def _check_mixture(x: Tensor, data: Tensor, sigma: float | Tensor) -> None:
    if not sigma > 0:
        raise ValueError(f"sigma must be positive, got {float(sigma)}: without noise the data have no density")
    if not len(data):
        raise ValueError("data is empty: a mixture needs at least one point")
    if x.shape[-1] != data.shape[-1]:
        raise ValueError(f"x has dimension {x.shape[-1]} and data {data.shape[-1]}: they must agree")


# --8<-- [end:mixture]


# --8<-- [start:loss]
def denoising_loss(
    denoiser: Denoiser,
    x0: Float[Tensor, "*batch d"],
    sigma: Float[Tensor, "*batch 1"],
    weight: Float[Tensor, "*batch 1"],
    generator: torch.Generator | None = None,
) -> Float[Tensor, "*batch"]:
    r"""Weighted denoising loss of every sample: one draw of (diffusion-training-loss).

    $\frac{\lambda}{d} \lVert \hat{\mathbf{x}} - \mathbf{x}_0 \rVert^2$; the denoiser sees $\mathbf{x}_0$ with noise.

    Args:
        denoiser: from noisy points and noise levels to guesses of the clean points.
        x0: clean points, shape (*batch, d).
        sigma: a noise level for each, shape (*batch, 1).
        weight: the weight of each, e.g. $1 / \sigma^2$ for the loss of predicted noise, shape (*batch, 1).
        generator: source of the noise.

    Returns:
        The loss of each sample, mean over coordinates, shape (*batch,).

    >>> ones = torch.ones(3, 1)
    >>> denoising_loss(lambda x, sigma: x, torch.zeros(3, 2), 0 * ones, ones)
    tensor([0., 0., 0.])
    """
    noise = torch.randn(x0.shape, generator=generator, device=x0.device, dtype=x0.dtype)
    return (weight * (denoiser(x0 + sigma * noise, sigma) - x0).square()).mean(-1)


# --8<-- [end:loss]


# --8<-- [start:preconditioned]
class Preconditioned(nn.Module):
    r"""A denoiser from a network whose inputs and targets have unit variance at all levels (Karras et al. 2022).

    $\hat{\mathbf{x}} = c_s \mathbf{x} + c_o F(c_i \mathbf{x}, (\log \sigma) / 4)$.

    Args:
        network: maps scaled points (*batch, d) and levels (*batch, 1) to (*batch, d).
        data_std: standard deviation of the data's coordinates.

    Raises:
        ValueError: data_std is not positive.

    >>> Preconditioned(lambda x, level: 0 * x, data_std=1.0)(torch.tensor([[2.0]]), torch.tensor([[1.0]]))
    tensor([[1.]])
    """

    def __init__(self, network: Callable[[Tensor, Tensor], Tensor], data_std: float):
        super().__init__()
        if not data_std > 0:
            raise ValueError(f"data_std must be positive, got {data_std}")
        self.network, self.data_std = network, data_std

    def forward(self, x: Float[Tensor, "*batch d"], sigma: Tensor) -> Float[Tensor, "*batch d"]:
        """Denoised points.

        Args:
            x: noisy points, shape (…, d).
            sigma: noise level, of shape () or (…, 1).

        Returns:
            Estimates of the points without noise, shape (…, d).
        """
        total = sigma**2 + self.data_std**2
        c_skip, c_out, c_in = self.data_std**2 / total, sigma * self.data_std / total.sqrt(), 1 / total.sqrt()
        level = (sigma.log() / 4).expand(*x.shape[:-1], 1)
        return c_skip * x + c_out * self.network(c_in * x, level)

    def weight(self, sigma: Tensor) -> Tensor:
        r"""$1 / c_{\mathrm{out}}^2$, so that every noise level asks the network for errors of the same size.

        Args:
            sigma: noise levels.

        Returns:
            Weights of the square errors, in the same shape.
        """
        return (sigma**2 + self.data_std**2) / (sigma * self.data_std) ** 2


# --8<-- [end:preconditioned]


# --8<-- [start:levels]
def noise_levels(sigma_max: float, sigma_min: float, steps: int, rho: float = 7.0) -> Float[Tensor, " levels"]:
    r"""Noise levels from sigma_max down to sigma_min, and then 0 (Karras et al. 2022, equation 5; diffusion-levels).

    Args:
        sigma_max: the first, large against the spread of the data.
        sigma_min: the last before 0, small against the distances that matter in the data.
        steps: of the sampler, that is, levels before the 0.
        rho: larger values put more of the steps at small noise.

    Returns:
        Falling levels, float64, shape (steps + 1,).

    Raises:
        ValueError: not 0 < sigma_min < sigma_max, or fewer than two steps.

    >>> noise_levels(10.0, 0.1, 3, rho=1.0)
    tensor([10.0000,  5.0500,  0.1000,  0.0000], dtype=torch.float64)
    """
    if not 0 < sigma_min < sigma_max:
        raise ValueError(f"expected 0 < sigma_min < sigma_max, got sigma_min={sigma_min} and sigma_max={sigma_max}")
    if steps < 2:
        raise ValueError(f"sampling takes at least 2 steps, got {steps}")
    ends = sigma_max ** (1 / rho), sigma_min ** (1 / rho)
    levels = torch.linspace(*ends, steps, dtype=torch.float64) ** rho
    return torch.cat([levels, levels.new_zeros(1)])


# --8<-- [end:levels]


# --8<-- [start:sde]
def sde_step(
    denoiser: Denoiser, x: Tensor, sigma: Tensor, sigma_next: Tensor, generator: torch.Generator | None = None
) -> Tensor:
    """One step of reverse diffusion from the level sigma to a lower one (diffusion-reverse-step).

    Args:
        denoiser: from noisy points and a noise level to guesses of the clean points.
        x: noisy points, shape (*batch, d).
        sigma: their noise level, a scalar tensor.
        sigma_next: the level to go to, lower; 0 for the last step.
        generator: source of the noise.

    Returns:
        Points at the level sigma_next, shape (*batch, d).

    >>> sde_step(lambda x, sigma: 0 * x + 3, torch.zeros(1, 1), torch.tensor(2.0), torch.tensor(0.0))
    tensor([[3.]])
    """
    share = 1 - (sigma_next / sigma) ** 2
    noise = torch.randn(x.shape, generator=generator, device=x.device, dtype=x.dtype)
    return x + share * (denoiser(x, sigma) - x) + sigma_next * share.sqrt() * noise


# --8<-- [end:sde]


# --8<-- [start:ode]
def ode_step(
    denoiser: Denoiser, x: Tensor, sigma: Tensor, sigma_next: Tensor, generator: torch.Generator | None = None
) -> Tensor:
    """One Euler step of the probability flow (diffusion-ode-step); this is DDIM (Song, Meng and Ermon 2021).

    Args:
        denoiser: from noisy points and a noise level to guesses of the clean points.
        x: noisy points, shape (*batch, d).
        sigma: their noise level, a scalar tensor.
        sigma_next: the level to go to, lower; 0 for the last step.
        generator: not used; the samplers share a signature.

    Returns:
        Points at the level sigma_next, shape (*batch, d).

    >>> ode_step(lambda x, sigma: 0 * x + 3, torch.zeros(1, 1), torch.tensor(2.0), torch.tensor(1.0))
    tensor([[1.5000]])
    """
    return x + (sigma_next - sigma) * (x - denoiser(x, sigma)) / sigma


def heun_step(
    denoiser: Denoiser, x: Tensor, sigma: Tensor, sigma_next: Tensor, generator: torch.Generator | None = None
) -> Tensor:
    """One step of Heun's method: the mean of the slopes at both ends (diffusion-heun); Euler's for the last.

    Args:
        denoiser: from noisy points and a noise level to guesses of the clean points.
        x: noisy points, shape (*batch, d).
        sigma: their noise level, a scalar tensor.
        sigma_next: the level to go to, lower; 0 for the last step.
        generator: not used; the samplers share a signature.

    Returns:
        Points at the level sigma_next, shape (*batch, d).

    >>> heun_step(lambda x, sigma: 0 * x + 3, torch.zeros(1, 1), torch.tensor(2.0), torch.tensor(1.0))
    tensor([[1.5000]])
    """
    slope = (x - denoiser(x, sigma)) / sigma
    guess = x + (sigma_next - sigma) * slope
    if sigma_next == 0:
        return guess
    return x + (sigma_next - sigma) * (slope + (guess - denoiser(guess, sigma_next)) / sigma_next) / 2


# --8<-- [end:ode]


# --8<-- [start:sample]
def sample(
    step: Callable[..., Tensor],
    denoiser: Denoiser,
    x: Float[Tensor, "*batch d"],
    levels: Float[Tensor, " levels"],
    generator: torch.Generator | None = None,
) -> Float[Tensor, "*batch d"]:
    """Sample by taking steps through falling noise levels.

    Args:
        step: sde_step, ode_step or heun_step.
        denoiser: from noisy points and a noise level to guesses of the clean points.
        x: where to start: noise with the standard deviation levels[0], shape (*batch, d).
        levels: falling noise levels, e.g. from noise_levels.
        generator: source of the noise.

    Returns:
        One sample for each row of x, of the same shape.

    Raises:
        ValueError: the levels do not fall, or one before the last is not positive.

    >>> levels = noise_levels(10.0, 0.1, 20)
    >>> sample(ode_step, lambda x, sigma: 0 * x + 3, torch.zeros(1, 2), levels).round(decimals=4)
    tensor([[3., 3.]])
    """
    if not (levels[:-1] > levels[1:]).all() or not levels[-1] >= 0:
        raise ValueError(f"noise levels must fall and not be negative, got {levels.tolist()}")
    levels = levels.to(x)
    for sigma, sigma_next in pairwise(levels):
        x = step(denoiser, x, sigma, sigma_next, generator)
    return x


# --8<-- [end:sample]


# --8<-- [start:inpaint]
def inpaint(
    denoiser: Denoiser,
    known: Float[Tensor, "*batch d"],
    mask: Float[Tensor, " d"],
    levels: Float[Tensor, " levels"],
    repeats: int = 1,
    generator: torch.Generator | None = None,
) -> Float[Tensor, "*batch d"]:
    """Sample the unknown coordinates given the known ones, by replacement (Song et al. 2021; Lugmayr et al. 2022).

    Before every reverse step the known coordinates are overwritten with their true values, noised to the level of the
    step. Repeats of a step, with the noise of the step put back between them, let the parts agree.

    Args:
        denoiser: from noisy points and a noise level to guesses of the clean points.
        known: points whose known coordinates count, shape (*batch, d).
        mask: 1 for known coordinates, 0 for unknown ones, shape (d,).
        levels: falling noise levels that end in 0.
        repeats: how often each step is taken; 1 is plain replacement.
        generator: source of the noise.

    Returns:
        The points with their unknown coordinates drawn, shape (*batch, d).

    Raises:
        ValueError: the mask holds other values than 0 and 1, or repeats is not positive.

    >>> inpaint(lambda x, sigma: 0 * x + 3, torch.ones(1, 2), torch.tensor([1.0, 0.0]), noise_levels(9.0, 0.1, 5))
    tensor([[1., 3.]])
    """
    if not ((mask == 0) | (mask == 1)).all():
        raise ValueError(f"mask must hold zeros and ones, got {mask.unique().tolist()}")
    if repeats < 1:
        raise ValueError(f"each step is taken at least once, got repeats={repeats}")

    def normal() -> Tensor:
        return torch.randn(known.shape, generator=generator, device=known.device, dtype=known.dtype)

    levels = levels.to(known)
    x = levels[0] * normal()
    for sigma, sigma_next in pairwise(levels):
        for repeat in range(repeats):
            x = mask * (known + sigma * normal()) + (1 - mask) * x
            x = sde_step(denoiser, x, sigma, sigma_next, generator)
            if repeat < repeats - 1:
                x = x + (sigma**2 - sigma_next**2).sqrt() * normal()
    return mask * known + (1 - mask) * x


# --8<-- [end:inpaint]


def energy_distance(x: Float[Tensor, "*batch n d"], y: Float[Tensor, "*batch m d"]) -> Float[Tensor, "*batch"]:
    r"""Squared energy distance of two samples (Székely and Rizzo 2013; diffusion-energy), without bias.

    $2 \mathbb{E} \lVert \mathbf{x} - \mathbf{y} \rVert - \mathbb{E} \lVert \mathbf{x} - \mathbf{x}' \rVert
    - \mathbb{E} \lVert \mathbf{y} - \mathbf{y}' \rVert$, each expectation over pairs of different points. It is 0 if
    and only if the distributions are equal; the estimate can be negative.

    Args:
        x: points of one sample, one a row, shape (*batch, n, d).
        y: points of the other, shape (*batch, m, d).

    Returns:
        In the units of the data, shape (*batch,).

    Raises:
        ValueError: a sample has fewer than two points.

    >>> energy_distance(torch.zeros(4, 1), torch.ones(5, 1))
    tensor(2.)
    """
    n, m = x.shape[-2], y.shape[-2]
    if min(n, m) < 2:
        raise ValueError(f"each sample needs two points or more, got {n} and {m}")

    def total(a: Tensor, b: Tensor) -> Tensor:
        return torch.cdist(a, b, compute_mode="donot_use_mm_for_euclid_dist").sum((-2, -1))

    return 2 * total(x, y) / (n * m) - total(x, x) / (n * (n - 1)) - total(y, y) / (m * (m - 1))


# --8<-- [start:ddpm]
def linear_betas(steps: int, first: float = 1e-4, last: float = 0.02) -> Float[Tensor, " steps"]:
    r"""The variances added by the steps of Ho, Jain and Abbeel (2020): a straight line.

    Args:
        steps: T, how many.
        first: β₁.
        last: $\beta_T$.

    Returns:
        The variances β₁, …, $\beta_T$, in float64.

    Raises:
        ValueError: the ends are not in rising order between 0 and 1.

    >>> linear_betas(3, 0.1, 0.3)
    tensor([0.1000, 0.2000, 0.3000], dtype=torch.float64)
    """
    if not 0 < first <= last < 1:
        raise ValueError(f"expected 0 < first <= last < 1, got {first} and {last}")
    return torch.linspace(first, last, steps, dtype=torch.float64)


def ddpm_step(
    x: Tensor, noise: Tensor, betas: Float[Tensor, " steps"], t: int, generator: torch.Generator | None = None
) -> Tensor:
    """From x at step t (counted from 1) to step t - 1, given the predicted noise (Ho et al. 2020, algorithm 2).

    Args:
        x: noisy points in DDPM's units, of any shape.
        noise: the noise that a network predicts in them, of the same shape.
        betas: the variances that the steps add.
        t: the step of x.
        generator: source of the noise.

    Returns:
        Points at step t - 1, of the same shape.

    Raises:
        ValueError: t is no step.

    >>> ddpm_step(torch.tensor([1.0]), torch.tensor([0.0]), torch.tensor([0.75]), t=1)
    tensor([2.])
    """
    alpha_bar, before = _alpha_bar(betas, t), _alpha_bar(betas, t - 1)
    beta = betas[t - 1]
    mean = (x - beta / (1 - alpha_bar).sqrt() * noise) / (1 - beta).sqrt()
    variance = (1 - before) / (1 - alpha_bar) * beta
    fresh = torch.randn(x.shape, generator=generator, device=x.device, dtype=x.dtype)
    return (mean + variance.sqrt() * fresh).to(x)


def ddim_step(x: Tensor, noise: Tensor, betas: Float[Tensor, " steps"], t: int, t_next: int) -> Tensor:
    """From x at step t to any earlier step t_next, without noise (Song, Meng and Ermon 2021, equation 12).

    Args:
        x: noisy points in DDPM's units, of any shape.
        noise: the noise that a network predicts in them, of the same shape.
        betas: the variances that the steps add.
        t: the step of x.
        t_next: the step to go to; 0 is clean.

    Returns:
        Points at step t_next, of the same shape.

    Raises:
        ValueError: t or t_next is no step.

    >>> ddim_step(torch.tensor([1.0]), torch.tensor([0.0]), torch.tensor([0.75]), t=1, t_next=0)
    tensor([2.])
    """
    alpha_bar, after = _alpha_bar(betas, t), _alpha_bar(betas, t_next)
    clean = (x - (1 - alpha_bar).sqrt() * noise) / alpha_bar.sqrt()
    return (after.sqrt() * clean + (1 - after).sqrt() * noise).to(x)


def _alpha_bar(betas: Tensor, t: int) -> Tensor:
    if not 0 <= t <= len(betas):
        raise ValueError(f"step {t} is not among 0 … {len(betas)}")
    return (1 - betas[:t]).prod()


# --8<-- [end:ddpm]
