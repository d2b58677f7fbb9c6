"""Momentum: the heavy ball and Nesterov's method, their rates on quadratics, and what they do to noise.

`SGD` has the names, argument order and semantics of `torch.optim.SGD`.
"""

# --8<-- [start:imports]
import math
from collections.abc import Callable, Iterable
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

# --8<-- [end:imports]


# --8<-- [start:sgd]
class SGD(torch.optim.Optimizer):
    r"""Gradient descent with momentum (Polyak 1964; Nesterov 1983 as in Sutskever et al. 2013), as `torch.optim.SGD`.

    With $d = g + \lambda \theta$: $v \leftarrow \mu v + (1 - \tau) d$ and $\theta \leftarrow \theta - \eta v$
    (momentum-torch), with `nesterov` $\theta \leftarrow \theta - \eta (d + \mu v)$ (momentum-torch-nesterov). The
    first velocity is d. Without momentum this is `dlnotes.gradient_descent.SGD`.

    Args:
        params: tensors, or groups of tensors with options of their own.
        lr: step size η, in units of the parameter squared per unit of loss; a number or a tensor with one entry.
        momentum: μ, the share of the velocity that is kept.
        dampening: τ, the share of the gradient that is left out, except in the first step.
        weight_decay: λ, the weight of the penalty $\frac{\lambda}{2} \|\theta\|^2$.
        nesterov: look ahead; needs momentum and no dampening.
        maximize: go up the gradient instead of down; the penalty still pulls towards 0.

    Raises:
        ValueError: an option is negative, `lr` has several entries, or `nesterov` is set without momentum or with
            dampening.
        RuntimeError: a gradient is sparse.

    >>> w = torch.tensor([1.0], requires_grad=True)
    >>> optimizer = SGD([w], lr=0.1, momentum=0.5)
    >>> for _ in range(2):
    ...     w.grad = torch.tensor([2.0])
    ...     optimizer.step()
    >>> w.data  # the steps are 0.2 and 0.1 (0.5 · 2 + 2) = 0.3
    tensor([0.5000])
    """

    def __init__(
        self,
        params: Iterable,
        lr: float | Tensor = 1e-3,
        momentum: float = 0.0,
        dampening: float = 0.0,
        weight_decay: float = 0.0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        if isinstance(lr, Tensor) and lr.numel() != 1:
            raise ValueError(f"lr must be one number, got a tensor of shape {tuple(lr.shape)}; use parameter groups")
        for name, value in (("lr", lr), ("momentum", momentum), ("weight_decay", weight_decay)):
            if not value >= 0:
                raise ValueError(f"{name} must not be negative, got {value}")
        if nesterov and (momentum == 0 or dampening != 0):
            raise ValueError(
                f"nesterov needs momentum > 0 and dampening = 0, got momentum={momentum} and dampening={dampening}"
            )
        options = {"momentum": momentum, "dampening": dampening, "weight_decay": weight_decay, "nesterov": nesterov}
        super().__init__(params, {"lr": lr, **options, "maximize": maximize})

    @torch.no_grad()
    def step(self, closure: Callable[[], Tensor] | None = None) -> Tensor | None:
        """One step for every parameter that has a gradient.

        Args:
            closure: computes the loss anew, and its gradients; None where they are there already.

        Returns:
            The closure's loss, if one is given.

        Raises:
            RuntimeError: a gradient is sparse.
        """
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            params = [param for param in group["params"] if param.grad is not None]
            if any(param.grad.is_sparse for param in params):
                raise RuntimeError("SGD got a sparse gradient; make it dense, e.g. by Embedding(…, sparse=False)")
            if params:
                self._step_group(group, params)
        return loss

    def _step_group(self, group: dict, params: list[Tensor]) -> None:
        lr, momentum, nesterov = float(group["lr"]), group["momentum"], group["nesterov"]
        velocities = self._velocities(group, params) if momentum else []
        if nesterov or not momentum:
            self._add_directions(group, params, params, -lr)
        if momentum:
            torch._foreach_add_(params, velocities, alpha=-lr * momentum if nesterov else -lr)

    def _velocities(self, group: dict, params: list[Tensor]) -> list[Tensor]:
        """The velocities after this step; one that does not exist yet starts as d, without dampening."""
        states = [self.state[param] for param in params]
        moving = [state.get("momentum_buffer") is not None for state in states]
        for state, param in zip(states, params, strict=True):
            if state.get("momentum_buffer") is None:
                state["momentum_buffer"] = torch.zeros_like(param)
        velocities = [state["momentum_buffer"] for state in states]
        for has_moved, scale in ((True, 1 - group["dampening"]), (False, 1)):
            chosen = [i for i, moves in enumerate(moving) if moves == has_moved]
            if chosen:
                some = [velocities[i] for i in chosen]
                torch._foreach_mul_(some, group["momentum"])
                self._add_directions(group, some, [params[i] for i in chosen], scale)
        return velocities

    @staticmethod
    def _add_directions(group: dict, targets: list[Tensor], params: list[Tensor], scale: float) -> None:
        """Add scale · d to each target, in place: a new tensor for d would take more time than the arithmetic."""
        if group["weight_decay"]:
            torch._foreach_add_(targets, params, alpha=scale * group["weight_decay"])
        sign = -1 if group["maximize"] else 1
        torch._foreach_add_(targets, [param.grad for param in params], alpha=sign * scale)


# --8<-- [end:sgd]


# --8<-- [start:paths]
def heavy_ball(
    function: Callable[[Float[Tensor, "*shape"]], Float[Tensor, ""]],
    start: Float[Tensor, "*shape"],
    lr: float,
    momentum: float,
    steps: int,
) -> Float[Tensor, "points *shape"]:  # noqa: F821
    r"""All points that the heavy ball visits (Polyak 1964), (momentum-heavy-ball): the gradient is taken where it is.

    Args:
        function: from a point to a single number, differentiable by autograd.
        start: the first point; the ball starts at rest.
        lr: step size η.
        momentum: β, the share of the last step that is repeated.
        steps: how many.

    Returns:
        The points $\theta_0, \dots, \theta_T$, shape (steps + 1, *shape).

    Raises:
        ValueError: `steps` is negative.

    >>> heavy_ball(lambda w: w**2, torch.tensor(1.0), lr=0.25, momentum=0.5, steps=3)
    tensor([ 1.0000,  0.5000,  0.0000, -0.2500])
    """
    _require_steps(steps)
    gradient = torch.func.grad(function)
    points, velocity = [start.detach()], torch.zeros_like(start)
    for _ in range(steps):
        velocity = momentum * velocity - lr * gradient(points[-1])
        points.append(points[-1] + velocity)
    return torch.stack(points)


def nesterov(
    function: Callable[[Float[Tensor, "*shape"]], Float[Tensor, ""]],
    start: Float[Tensor, "*shape"],
    lr: float,
    momentum: float | Callable[[int], float],
    steps: int,
) -> Float[Tensor, "points *shape"]:  # noqa: F821
    r"""All points that Nesterov's method visits (1983), (momentum-nesterov): the gradient is taken one glide ahead.

    Args:
        function: from a point to a single number, differentiable by autograd.
        start: the first point; the ball starts at rest.
        lr: step size η.
        momentum: β, or a function from the step's index t = 0, 1, … to $\beta_t$, as `growing_momentum`.
        steps: how many.

    Returns:
        The points $\theta_0, \dots, \theta_T$, not those of the gradients, shape (steps + 1, *shape).

    Raises:
        ValueError: `steps` is negative.

    >>> nesterov(lambda w: w**2, torch.tensor(1.0), lr=0.25, momentum=0.5, steps=3)
    tensor([ 1.0000,  0.5000,  0.1250, -0.0312])
    """
    _require_steps(steps)
    gradient = torch.func.grad(function)
    points, velocity = [start.detach()], torch.zeros_like(start)
    for t in range(steps):
        glide = (momentum(t) if callable(momentum) else momentum) * velocity
        velocity = glide - lr * gradient(points[-1] + glide)
        points.append(points[-1] + velocity)
    return torch.stack(points)


def _require_steps(steps: int) -> None:
    if steps < 0:
        raise ValueError(f"steps must not be negative, got {steps}")


# --8<-- [end:paths]


def growing_momentum(step: int) -> float:
    """Momentum that makes Nesterov's method $O(1/t^2)$ on convex functions (momentum-growing): $(t - 1) / (t + 2)$.

    At t = 0 there is no velocity yet that it could multiply.

    Args:
        step: t, counted from 0.

    Returns:
        The momentum, from 0 towards 1.

    >>> [growing_momentum(t) for t in (1, 2, 4)]
    [0.0, 0.25, 0.5]
    """
    return (step - 1) / (step + 2)


# --8<-- [start:radius]
def heavy_ball_radius(curvature: Tensor, momentum: float | Tensor) -> Tensor:
    r"""Factor per step, in the long run, of an error component under the heavy ball.

    The larger size of the two roots of $z^2 - (1 + \beta - h) z + \beta$ (momentum-heavy-ball-polynomial).

    Args:
        curvature: $h = \eta \lambda$, eigenvalues in units of 1 / η, of any shape.
        momentum: β, a number or a tensor that broadcasts with them.

    Returns:
        ρ of each component, below 1 where it vanishes.

    >>> heavy_ball_radius(torch.tensor([0.01, 1.0, 3.9]), 0.81)
    tensor([0.9000, 0.9000, 1.5761])
    """
    return _larger_root(1 + momentum - curvature, momentum)


def nesterov_radius(curvature: Tensor, momentum: float | Tensor) -> Tensor:
    r"""Factor per step, in the long run, of an error component under Nesterov's method.

    The larger size of the two roots of $z^2 - (1 + \beta) (1 - h) z + \beta (1 - h)$ (momentum-nesterov-polynomial).

    Args:
        curvature: $h = \eta \lambda$, eigenvalues in units of 1 / η, of any shape.
        momentum: β, a number or a tensor that broadcasts with them.

    Returns:
        ρ of each component, below 1 where it vanishes.

    >>> nesterov_radius(torch.tensor([0.75, 1.0, 1.25]), 0.64)
    tensor([0.4000, 0.0000, 0.6545])
    """
    return _larger_root((1 + momentum) * (1 - curvature), momentum * (1 - curvature))


def _larger_root(total: Tensor, product: float | Tensor) -> Tensor:
    """Largest size of the roots of z² - total z + product; of a complex pair both have the root of the product."""
    product = torch.as_tensor(product, dtype=total.dtype)
    discriminant = total**2 - 4 * product
    real = (total.abs() + discriminant.clamp(min=0).sqrt()) / 2
    return torch.where(discriminant < 0, product.clamp(min=0).sqrt(), real)


# --8<-- [end:radius]


# --8<-- [start:tuning]
class Tuning(NamedTuple):
    """Step size and momentum, and the factor per step that the error shrinks by in the long run.

    >>> optimal_heavy_ball(smallest=1.0, largest=9.0)
    Tuning(lr=0.25, momentum=0.25, rate=0.5)
    """

    lr: float  # η, in units of 1 / curvature
    momentum: float  # β or μ, the share of the velocity that is kept
    rate: float  # ρ, below 1


def optimal_heavy_ball(smallest: float, largest: float) -> Tuning:
    r"""The heavy ball's best constants on quadratics (Polyak 1964), (momentum-heavy-ball-best).

    $\eta = \frac{4}{(\sqrt{\mu} + \sqrt{L})^2}$ and $\beta = \rho^2$ with the rate
    $\rho = \frac{\sqrt{\kappa} - 1}{\sqrt{\kappa} + 1}$.

    Args:
        smallest: μ, the smallest eigenvalue of the Hessian.
        largest: L, the largest one.

    Returns:
        η, β and ρ.

    Raises:
        ValueError: the eigenvalues are not positive, or in the wrong order.

    >>> optimal_heavy_ball(1.0, 9.0)
    Tuning(lr=0.25, momentum=0.25, rate=0.5)
    """
    kappa = _condition(smallest, largest)
    rate = (math.sqrt(kappa) - 1) / (math.sqrt(kappa) + 1)
    return Tuning(4 / (math.sqrt(smallest) + math.sqrt(largest)) ** 2, rate**2, rate)


def optimal_nesterov(smallest: float, largest: float) -> Tuning:
    r"""Nesterov's best constants on quadratics (Lessard, Recht and Packard 2016), (momentum-nesterov-best).

    $\eta = \frac{4}{3 L + \mu}$ and $\beta = \frac{\rho}{2 - \rho}$ with the rate
    $\rho = 1 - \frac{2}{\sqrt{3 \kappa + 1}}$.

    Args:
        smallest: μ, the smallest eigenvalue of the Hessian.
        largest: L, the largest one.

    Returns:
        η, β and ρ.

    Raises:
        ValueError: the eigenvalues are not positive, or in the wrong order.

    >>> optimal_nesterov(1.0, 5.0)
    Tuning(lr=0.25, momentum=0.3333333333333333, rate=0.5)
    """
    rate = 1 - 2 / math.sqrt(3 * _condition(smallest, largest) + 1)
    return Tuning(4 / (3 * largest + smallest), rate / (2 - rate), rate)


def _condition(smallest: float, largest: float) -> float:
    if not 0 < smallest <= largest:
        raise ValueError(f"0 < smallest <= largest must hold for the eigenvalues, got {smallest} and {largest}")
    return largest / smallest


# --8<-- [end:tuning]


def ema_gain(frequency: Float[Tensor, "*shape"], momentum: float) -> Float[Tensor, "*shape"]:
    r"""Factor by which the running mean $m_t = \beta m_{t-1} + (1 - \beta) g_t$ changes an oscillation (momentum-gain).

    Args:
        frequency: ω, in radians per step; π is a change of sign in every step.
        momentum: β, from 0 to below 1.

    Returns:
        The ratio of the amplitudes, 1 for a constant.

    >>> ema_gain(torch.tensor([0.0, torch.pi]), 0.5)
    tensor([1.0000, 0.3333])
    """
    return (1 - momentum) / (1 - 2 * momentum * frequency.cos() + momentum**2).sqrt()


def noise_floor(lr: float, momentum: float, curvature: float, variance: float) -> float:
    r"""Mean square error at which the heavy ball with noise stays (momentum-floor).

    $\frac{\eta \sigma^2}{\lambda} \frac{1 + \beta}{(1 - \beta) (2 + 2 \beta - \eta \lambda)}$ for the loss
    $\frac{\lambda}{2} e^2$ and gradients $\lambda e + \sigma \xi$. Without momentum it is
    `dlnotes.gradient_descent.noise_floor`.

    Args:
        lr: step size η, below $2 (1 + \beta) / \lambda$.
        momentum: β, from 0 to below 1.
        curvature: λ > 0.
        variance: σ² of one step's gradient.

    Returns:
        $\mathbb E e^2$ in the long run.

    Raises:
        ValueError: the heavy ball does not converge with these constants.

    >>> noise_floor(lr=0.5, momentum=0.0, curvature=2.0, variance=4.0)
    1.0
    """
    if not (0 <= momentum < 1 and 0 < lr * curvature < 2 * (1 + momentum)):
        raise ValueError(
            f"0 <= momentum < 1 and 0 < lr * curvature < 2 (1 + momentum) must hold, "
            f"got momentum={momentum} and lr * curvature={lr * curvature}"
        )
    factor = (1 + momentum) / ((1 - momentum) * (2 + 2 * momentum - lr * curvature))
    return lr * variance / curvature * factor
