"""Gradient descent: its step, its rate on a quadratic, line search, Newton's step, minibatches, clipping and schedules.

Names, argument order and semantics are those of `torch.optim` and `torch.nn.utils` where these have the same.
"""

# --8<-- [start:imports]
import math
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import torch
from jaxtyping import Float, Int64
from torch import Tensor

# --8<-- [end:imports]


# --8<-- [start:sgd]
class SGD(torch.optim.Optimizer):
    r"""Gradient descent with weight decay (Cauchy 1847; Robbins and Monro 1951), as `torch.optim.SGD`.

    $\theta \leftarrow \theta - \eta (g + \lambda \theta)$ (gradient_descent-weight-decay), where g is the gradient of
    the whole loss or of a minibatch's. Momentum is the subject of the chapter of that name.

    Args:
        params: tensors, or groups of tensors with options of their own.
        lr: step size η > 0, in units of the parameter squared per unit of loss.
        weight_decay: λ, the weight of the penalty $\frac{\lambda}{2} \|\theta\|^2$.
        maximize: go up the gradient instead of down; the penalty still pulls towards 0.

    Raises:
        ValueError: `lr` or `weight_decay` is negative.

    >>> w = torch.tensor([1.0], requires_grad=True)
    >>> optimizer = SGD([w], lr=0.1)
    >>> (w**2).sum().backward()
    >>> optimizer.step()
    >>> w.data
    tensor([0.8000])
    """

    def __init__(
        self, params: Iterable, lr: float = 1e-3, *, weight_decay: float = 0.0, maximize: bool = False
    ) -> None:
        for name, value in (("lr", lr), ("weight_decay", weight_decay)):
            if not value >= 0:
                raise ValueError(f"{name} must not be negative, got {value}; to climb, set maximize=True")
        super().__init__(params, {"lr": lr, "weight_decay": weight_decay, "maximize": maximize})

    @torch.no_grad()
    def step(self, closure: Callable[[], Tensor] | None = None) -> Tensor | None:
        """One step for every parameter that has a gradient.

        Args:
            closure: computes the loss anew, and its gradients; None where they are there already.

        Returns:
            The closure's loss, if one is given.
        """
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            lr, decay = group["lr"], group["weight_decay"]
            for param in group["params"]:
                if param.grad is None:
                    continue
                direction = -param.grad if group["maximize"] else param.grad
                if decay:
                    direction = direction.add(param, alpha=decay)
                param.sub_(direction, alpha=lr)
        return loss


# --8<-- [end:sgd]


def gradient_descent(
    function: Callable[[Float[Tensor, "*shape"]], Float[Tensor, ""]],
    start: Float[Tensor, "*shape"],
    lr: float | Float[Tensor, ""],
    steps: int,
) -> Float[Tensor, "points *shape"]:  # noqa: F821
    r"""All points that gradient descent visits (Cauchy 1847; gradient_descent-step).

    $\theta_{t+1} = \theta_t - \eta \nabla f(\theta_t)$.

    Args:
        function: from a point to a single number, differentiable by autograd.
        start: the first point; it is left as it was.
        lr: step size η.
        steps: how many.

    Returns:
        The points $\theta_0, \dots, \theta_T$, shape (steps + 1, *shape).

    Raises:
        ValueError: `steps` is negative.

    >>> gradient_descent(lambda w: w**2, torch.tensor(1.0), lr=0.25, steps=3)
    tensor([1.0000, 0.5000, 0.2500, 0.1250])
    """
    if steps < 0:
        raise ValueError(f"steps must not be negative, got {steps}")
    gradient = torch.func.grad(function)
    points = [start.detach()]
    for _ in range(steps):
        points.append(points[-1] - lr * gradient(points[-1]))
    return torch.stack(points)


# --8<-- [start:line_search]
def backtracking(
    function: Callable[[Float[Tensor, "*shape"]], Float[Tensor, ""]],
    point: Float[Tensor, "*shape"],
    lr: float = 1.0,
    shrink: float = 0.5,
    decrease: float = 1e-4,
    max_trials: int = 100,
) -> float:
    r"""Step size by Armijo's rule (1966): shrink η until $f(\theta - \eta g) \le f(\theta) - c \eta \|g\|^2$.

    Args:
        function: from a point to a single number, differentiable by autograd.
        point: θ.
        lr: the first η that is tried.
        shrink: what η is multiplied by when the loss falls too little, between 0 and 1.
        decrease: c, the share of the first-order decrease that is asked for, between 0 and 1.
        max_trials: how many η are tried before the search gives up.

    Returns:
        The first η that passes (gradient_descent-armijo).

    Raises:
        ValueError: `shrink` or `decrease` is not between 0 and 1, or no step passes, as at a minimum.

    >>> backtracking(lambda w: 8 * w**2, torch.tensor(1.0), lr=1.0)
    0.0625
    """
    for name, value in (("shrink", shrink), ("decrease", decrease)):
        if not 0 < value < 1:
            raise ValueError(f"{name} must be between 0 and 1, got {value}")
    gradient, value = torch.func.grad_and_value(function)(point)
    promised = decrease * gradient.square().sum()
    for _ in range(max_trials):
        if function(point - lr * gradient) < value - lr * promised:
            return lr
        lr *= shrink
    raise ValueError(f"no step down to {lr:.3g} decreases the function: it is at a minimum, or its gradient is wrong")


# --8<-- [end:line_search]


def exact_lr(gradient: Float[Tensor, " d"], hessian: Float[Tensor, "d d"]) -> Float[Tensor, ""]:
    r"""Step size that minimises a quadratic along its gradient (gradient_descent-exact): $g^\top g / g^\top H g$.

    Args:
        gradient: g at the point, not zero.
        hessian: H, with positive curvature along g.

    Returns:
        η, a scalar.

    Raises:
        ValueError: the curvature along the gradient is not positive, so that there is no minimum.

    >>> exact_lr(torch.tensor([1.0, 0.0]), torch.diag(torch.tensor([4.0, 1.0])))
    tensor(0.2500)
    """
    curvature = gradient @ hessian @ gradient
    if not curvature > 0:
        raise ValueError(f"the curvature along the gradient must be positive, got {curvature.item():.3g}")
    return gradient @ gradient / curvature


class QuadraticModel(NamedTuple):
    """Second-order Taylor expansion of a function around a point (gradient_descent-taylor).

    >>> model = QuadraticModel(torch.tensor(0.0), torch.tensor([2.0, 4.0]), torch.diag(torch.tensor([1.0, 4.0])))
    >>> model.newton_step()
    tensor([-2., -1.])
    """

    value: Float[Tensor, ""]  # of the function at the point
    gradient: Float[Tensor, " d"]  # in units of the function per unit of the point
    hessian: Float[Tensor, "d d"]  # symmetric

    def change(self, step: Float[Tensor, " d"]) -> Float[Tensor, ""]:
        """Predicted change of the function for a step (gradient_descent-taylor).

        Args:
            step: from the point, shape (d,).

        Returns:
            The change, a scalar in the unit of the function.
        """
        return self.gradient @ step + 0.5 * step @ self.hessian @ step

    def newton_step(self) -> Float[Tensor, " d"]:
        """The step to the critical point of the model (gradient_descent-newton): $-H^{-1} g$.

        Returns:
            The step, shape (d,).
        """
        return -torch.linalg.solve(self.hessian, self.gradient)


def quadratic_model(
    function: Callable[[Float[Tensor, " d"]], Float[Tensor, ""]], point: Float[Tensor, " d"]
) -> QuadraticModel:
    r"""Value, gradient and Hessian of a function at a point (gradient_descent-taylor), by autograd.

    Args:
        function: from a vector to a single number, twice differentiable by autograd.
        point: a vector of d entries.

    Returns:
        The model $f(\theta) + g^\top s + \frac12 s^\top H s$ of a step s.

    >>> quadratic_model(lambda w: w[0] ** 2 - w[1] ** 2, torch.tensor([1.0, 1.0])).hessian
    tensor([[ 2.,  0.],
            [ 0., -2.]])
    """
    gradient, value = torch.func.grad_and_value(function)(point)
    return QuadraticModel(value, gradient, torch.func.hessian(function)(point))


def contraction(lr: float | Tensor, eigenvalues: Float[Tensor, " d"]) -> Float[Tensor, "*lr"]:
    r"""Factor per step of the slowest error component (gradient_descent-rate): $\max_i |1 - \eta \lambda_i|$.

    Args:
        lr: step size η, or a tensor of several.
        eigenvalues: of the Hessian.

    Returns:
        One factor for each η; gradient descent converges where it is below 1.

    >>> contraction(torch.tensor([0.1, 0.4]), torch.tensor([1.0, 4.0]))
    tensor([0.9000, 0.6000])
    """
    return (1 - torch.as_tensor(lr).unsqueeze(-1) * eigenvalues).abs().amax(dim=-1)


def condition_number(hessian: Float[Tensor, "d d"]) -> Float[Tensor, ""]:
    r"""Largest over smallest eigenvalue of a symmetric positive definite matrix (gradient_descent-condition).

    Args:
        hessian: symmetric, shape (d, d).

    Returns:
        κ ≥ 1, a scalar.

    Raises:
        ValueError: the smallest eigenvalue is not positive: the quadratic has no unique minimum.

    >>> condition_number(torch.diag(torch.tensor([4.0, 1.0])))
    tensor(4.)
    """
    smallest, largest = _extreme_eigenvalues(hessian)
    return largest / smallest


def optimal_lr(hessian: Float[Tensor, "d d"]) -> Float[Tensor, ""]:
    r"""Constant step size with the fastest rate on a quadratic: $2 / (\lambda_{\min} + \lambda_{\max})$.

    With it the error shrinks by $(\kappa - 1) / (\kappa + 1)$ a step (gradient_descent-best-rate).

    Args:
        hessian: symmetric positive definite, shape (d, d).

    Returns:
        η, a scalar.

    Raises:
        ValueError: the smallest eigenvalue is not positive.

    >>> optimal_lr(torch.diag(torch.tensor([4.0, 1.0])))
    tensor(0.4000)
    """
    smallest, largest = _extreme_eigenvalues(hessian)
    return 2 / (smallest + largest)


def _extreme_eigenvalues(hessian: Tensor) -> tuple[Tensor, Tensor]:
    eigenvalues = torch.linalg.eigvalsh(hessian)
    if not eigenvalues[0] > 0:
        raise ValueError(f"hessian must be positive definite, its smallest eigenvalue is {eigenvalues[0].item():.3g}")
    return eigenvalues[0], eigenvalues[-1]


class Standardized(NamedTuple):
    """Features with mean 0 and standard deviation 1 (gradient_descent-standardised), and what made them so.

    >>> train = standardize(torch.tensor([[1.0, 10.0], [3.0, 30.0]]))
    >>> (torch.tensor([[2.0, 30.0]]) - train.mean) / train.std  # a sample that comes later
    tensor([[0., 1.]])
    """

    features: Float[Tensor, "N d"]  # samples as rows, without unit
    mean: Float[Tensor, " d"]  # of each column, in its own unit
    std: Float[Tensor, " d"]  # of each column, in its own unit


def standardize(features: Float[Tensor, "N d"]) -> Standardized:
    r"""Features shifted and scaled to mean 0 and standard deviation 1 (gradient_descent-standardised).

    Use the mean and deviation of the training set for all later data.

    Args:
        features: samples as rows, shape (N, d), each column in its own unit.

    Returns:
        The scaled features, the means and the standard deviations (divisor N).

    Raises:
        ValueError: a feature is constant.

    >>> standardize(torch.tensor([[1.0, 10.0], [3.0, 30.0]])).features
    tensor([[-1., -1.],
            [ 1.,  1.]])
    """
    std, mean = torch.std_mean(features, dim=0, correction=0)
    if constant := (std == 0).nonzero().flatten().tolist():
        raise ValueError(f"features {constant} are constant and cannot be scaled; leave them out")
    return Standardized((features - mean) / std, mean, std)


def minibatches(
    samples: int, batch_size: int, generator: torch.Generator | None = None, drop_last: bool = False
) -> Iterator[Int64[Tensor, " batch"]]:
    """Indices of the minibatches of one epoch in a new order (gradient_descent-minibatch), as torch's `DataLoader`.

    Args:
        samples: how many there are, N.
        batch_size: how many a step, B; the last batch holds what is left.
        generator: source of random numbers, on the CPU.
        drop_last: leave an incomplete last batch out.

    Yields:
        Different indices from 0 to N - 1; together they hold every sample once.

    Raises:
        ValueError: `batch_size` is not positive.

    >>> [len(batch) for batch in minibatches(10, 3)]
    [3, 3, 3, 1]
    """
    if batch_size < 1:
        raise ValueError(f"batch_size must be at least 1, got {batch_size}")
    order = torch.randperm(samples, generator=generator)
    end = samples - samples % batch_size if drop_last else samples
    for start in range(0, end, batch_size):
        yield order[start : start + batch_size]


def minibatch_variance(
    per_sample: Float[Tensor, "N d"], batch_size: int, replacement: bool = False
) -> Float[Tensor, ""]:
    r"""Variance of a minibatch gradient, summed over its entries (gradient_descent-variance-without).

    $\frac{\sigma^2}{B}$ with replacement and $\frac{\sigma^2}{B} \frac{N - B}{N - 1}$ without, where $\sigma^2$ is the
    mean square distance of the samples' gradients from their mean.

    Args:
        per_sample: gradient of each sample's loss as a row, shape (N, d).
        batch_size: B.
        replacement: whether a sample may be drawn twice.

    Returns:
        $\mathbb E \|g_B - g\|^2$, a scalar.

    Raises:
        ValueError: `batch_size` is not between 1 and N (without replacement) or not positive.

    >>> minibatch_variance(torch.tensor([[0.0], [2.0]]), batch_size=2)
    tensor(0.)
    """
    samples = len(per_sample)
    if batch_size < 1 or (batch_size > samples and not replacement):
        raise ValueError(f"batch_size must be between 1 and the number of samples {samples}, got {batch_size}")
    variance = per_sample.var(dim=0, correction=0).sum() / batch_size
    return variance if replacement or samples == 1 else variance * (samples - batch_size) / (samples - 1)


def noise_floor(lr: float, curvature: float, variance: float) -> float:
    r"""Mean square error at which gradient descent with noise stays (gradient_descent-floor).

    $\frac{\eta \sigma^2}{\lambda (2 - \eta \lambda)}$ for the loss $\frac{\lambda}{2} e^2$ and gradients
    $\lambda e + \sigma \xi$.

    Args:
        lr: step size η, below $2 / \lambda$.
        curvature: λ > 0.
        variance: σ² of one step's gradient; a minibatch of B samples has a B-th of a sample's.

    Returns:
        $\mathbb E e^2$ in the long run.

    Raises:
        ValueError: gradient descent does not converge with this step size.

    >>> noise_floor(lr=0.5, curvature=2.0, variance=4.0)
    1.0
    """
    if not 0 < lr * curvature < 2:
        raise ValueError(f"lr must be between 0 and 2 / curvature = {2 / curvature:.3g}, got {lr}")
    return lr * variance / (curvature * (2 - lr * curvature))


# --8<-- [start:clipping]
@torch.no_grad()
def clip_grad_norm_(
    parameters: Tensor | Iterable[Tensor],
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
) -> Tensor:
    r"""Shorten the gradient of all parameters together (Pascanu, Mikolov and Bengio 2013, algorithm 1), in place.

    $g \leftarrow \min(1, \frac{c}{\|g\| + 10^{-6}}) g$, as `torch.nn.utils.clip_grad_norm_`.

    Args:
        parameters: one tensor or several; those without a gradient are left out.
        max_norm: c, the largest norm that is let through.
        norm_type: p of the p-norm; `inf` for the largest entry.
        error_if_nonfinite: raise if the norm is NaN or infinite, instead of spreading it to all gradients.

    Returns:
        The norm before clipping, a scalar.

    Raises:
        RuntimeError: the norm is not finite and `error_if_nonfinite` is set.

    >>> w = torch.zeros(2, requires_grad=True)
    >>> w.grad = torch.tensor([3.0, 4.0])
    >>> clip_grad_norm_(w, max_norm=1.0)
    tensor(5.)
    >>> w.grad
    tensor([0.6000, 0.8000])
    """
    grads = _gradients(parameters)
    if not grads:
        return torch.tensor(0.0)
    norms = [torch.linalg.vector_norm(grad, norm_type) for grad in grads]
    total = torch.linalg.vector_norm(torch.stack(norms), norm_type)
    if error_if_nonfinite and not total.isfinite():
        raise RuntimeError(f"the gradient's norm is {total.item()}; look for the loss that overflows, or lower lr")
    factor = (max_norm / (total + 1e-6)).clamp(max=1.0)
    for grad in grads:
        grad.mul_(factor)
    return total


@torch.no_grad()
def clip_grad_value_(parameters: Tensor | Iterable[Tensor], clip_value: float) -> None:
    r"""Clamp every entry of the gradients to $[-c, c]$, in place, as `torch.nn.utils.clip_grad_value_`.

    This changes the direction of the gradient, unlike `clip_grad_norm_`.

    Args:
        parameters: one tensor or several; those without a gradient are left out.
        clip_value: c.

    >>> w = torch.zeros(2, requires_grad=True)
    >>> w.grad = torch.tensor([3.0, -0.5])
    >>> clip_grad_value_(w, clip_value=1.0)
    >>> w.grad
    tensor([ 1.0000, -0.5000])
    """
    for grad in _gradients(parameters):
        grad.clamp_(-clip_value, clip_value)


def _gradients(parameters: Tensor | Iterable[Tensor]) -> list[Tensor]:
    parameters = [parameters] if isinstance(parameters, Tensor) else list(parameters)
    return [param.grad for param in parameters if param.grad is not None]


# --8<-- [end:clipping]


# --8<-- [start:schedules]
def step_decay(step: int, step_size: int, gamma: float = 0.1) -> float:
    r"""Factor of the learning rate that falls in steps: $\gamma^{\lfloor t / s \rfloor}$, as `StepLR`.

    Args:
        step: t, counted from 0.
        step_size: s, steps between two falls.
        gamma: γ, the factor of each fall.

    Returns:
        The factor, 1 at the beginning.

    >>> [step_decay(t, step_size=2, gamma=0.5) for t in range(5)]
    [1.0, 1.0, 0.5, 0.5, 0.25]
    """
    return gamma ** (step // step_size)


def cosine_decay(step: int, total: int) -> float:
    r"""Factor that falls from 1 to 0 (Loshchilov and Hutter 2017): $\frac12 (1 + \cos(\pi t / T))$.

    Args:
        step: t, from 0 to `total`.
        total: T, the number of steps.

    Returns:
        The factor, from 1 to 0.

    >>> [round(cosine_decay(t, total=4), 3) for t in range(5)]
    [1.0, 0.854, 0.5, 0.146, 0.0]
    """
    return 0.5 * (1 + math.cos(math.pi * step / total))


def linear_warmup(step: int, warmup: int) -> float:
    r"""Factor that rises to 1 over the first steps (Goyal et al. 2017): $\min(1, (t + 1) / w)$.

    Args:
        step: t, counted from 0.
        warmup: w, the number of steps until the full learning rate.

    Returns:
        The factor, above 0 and at most 1.

    >>> [linear_warmup(t, warmup=4) for t in range(5)]
    [0.25, 0.5, 0.75, 1.0, 1.0]
    """
    return min(1.0, (step + 1) / warmup)


# --8<-- [end:schedules]
