"""Initial weights: Glorot's, He's and orthogonal ones, and how variances pass through a network that has them.

Names, argument order and semantics are those of `torch.nn.init`; given the same generator, so are the weights.
"""

# --8<-- [start:imports]
import math
from collections.abc import Callable

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

# --8<-- [end:imports]

# --8<-- [start:nodes]
NODES = 100  # of the quadrature; an even number, so that none lies at the kink of ReLU
# --8<-- [end:nodes]


# --8<-- [start:fans]
def calculate_fan_in_and_fan_out(tensor: Tensor) -> tuple[int, int]:
    r"""Terms in the sum of one output, and outputs that one input takes part in (initialization-fans).

    Args:
        tensor: weight of a linear layer, shape (out, in), or of a convolution, shape (out, in, *kernel).

    Returns:
        fan_in and fan_out: the numbers of inputs and outputs, each times the number of kernel positions.

    Raises:
        ValueError: `tensor` has fewer than two dimensions, as a bias has.

    >>> calculate_fan_in_and_fan_out(torch.empty(16, 3, 5, 5))
    (75, 400)
    """
    if tensor.dim() < 2:
        raise ValueError(
            f"a weight has at least two dimensions, (out, in), got shape {tuple(tensor.shape)}; set biases to zero"
        )
    out_features, in_features, *kernel = tensor.shape
    positions = math.prod(kernel)
    return in_features * positions, out_features * positions


# --8<-- [end:fans]


# --8<-- [start:gain]
def calculate_gain(nonlinearity: str, param: float | None = None) -> float:
    r"""Factor for the standard deviation of the weights before an activation, as `torch.nn.init.calculate_gain`.

    ReLU and leaky ReLU: $1 / \sqrt{\mathbb{E}[h(z)^2]}$ for any symmetric z with $\mathbb{E}[z^2] = 1$
    (initialization-gain). The values for sigmoid, tanh and SELU are torch's conventions, not that formula's.

    Args:
        nonlinearity: "linear", "conv1d" and the other convolutions, "sigmoid", "tanh", "relu", "leaky_relu" or "selu".
        param: slope of leaky ReLU for negative inputs, by default 0.01; of no effect for the others.

    Returns:
        The gain, a positive number.

    Raises:
        ValueError: the nonlinearity is unknown, or its slope is no number.

    >>> calculate_gain("leaky_relu", 1.0)
    1.0
    """
    linear = ["linear", *(f"conv{kind}{d}d" for kind in ("", "_transpose") for d in (1, 2, 3))]
    gains = dict.fromkeys([*linear, "sigmoid"], 1.0) | {"tanh": 5 / 3, "relu": math.sqrt(2), "selu": 3 / 4}
    if nonlinearity == "leaky_relu":
        slope = 0.01 if param is None else param
        if isinstance(slope, bool) or not isinstance(slope, int | float):
            raise ValueError(f"the slope of leaky_relu must be a number, got {slope!r}")
        return math.sqrt(2 / (1 + slope**2))
    if nonlinearity not in gains:
        raise ValueError(f"no gain is known for {nonlinearity!r}; there are: {', '.join(gains)}, leaky_relu")
    return gains[nonlinearity]


# --8<-- [end:gain]


# --8<-- [start:xavier]
def xavier_uniform_(tensor: Tensor, gain: float = 1.0, generator: torch.Generator | None = None) -> Tensor:
    r"""Fill a weight from U(-b, b) with $b = g \sqrt{6 / (n_{in} + n_{out})}$ (Glorot and Bengio 2010, eq. 16).

    Args:
        tensor: weight, shape (out, in, *kernel); it is changed in place.
        gain: g, see `calculate_gain`.
        generator: where the random numbers come from; by default torch's own.

    Returns:
        `tensor`.

    Raises:
        ValueError: `tensor` has fewer than two dimensions.

    >>> bool(xavier_uniform_(torch.empty(2, 4)).abs().max() <= 1)
    True
    """
    return _uniform_(tensor, _xavier_std(tensor, gain), generator)


def xavier_normal_(tensor: Tensor, gain: float = 1.0, generator: torch.Generator | None = None) -> Tensor:
    r"""Fill a weight from a normal distribution with variance $2 g^2 / (n_{in} + n_{out})$ (Glorot and Bengio 2010).

    Args:
        tensor: weight, shape (out, in, *kernel); it is changed in place.
        gain: g, see `calculate_gain`.
        generator: where the random numbers come from; by default torch's own.

    Returns:
        `tensor`.

    Raises:
        ValueError: `tensor` has fewer than two dimensions.

    >>> f"{xavier_normal_(torch.empty(300, 500), generator=torch.Generator().manual_seed(0)).std():.3f}"
    '0.050'
    """
    return _normal_(tensor, _xavier_std(tensor, gain), generator)


def _xavier_std(tensor: Tensor, gain: float) -> float:
    """Standard deviation (initialization-xavier)."""
    fan_in, fan_out = calculate_fan_in_and_fan_out(tensor)
    return gain * math.sqrt(2 / (fan_in + fan_out)) if tensor.numel() else 0.0


# --8<-- [end:xavier]


# --8<-- [start:fill]
@torch.no_grad()
def _uniform_(tensor: Tensor, std: float, generator: torch.Generator | None) -> Tensor:
    bound = math.sqrt(3) * std  # (initialization-uniform-bound)
    return tensor.uniform_(-bound, bound, generator=generator)


@torch.no_grad()
def _normal_(tensor: Tensor, std: float, generator: torch.Generator | None) -> Tensor:
    return tensor.normal_(0, std, generator=generator)


# --8<-- [end:fill]


# --8<-- [start:kaiming]
def kaiming_uniform_(
    tensor: Tensor,
    a: float = 0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    generator: torch.Generator | None = None,
) -> Tensor:
    r"""Fill a weight from U(-b, b) with $b = g \sqrt{3 / n}$ (He et al. 2015), n being fan_in or fan_out.

    Args:
        tensor: weight, shape (out, in, *kernel); it is changed in place.
        a: slope of leaky ReLU for negative inputs; 0 is ReLU.
        mode: "fan_in" keeps the activations' mean square from layer to layer, "fan_out" the gradients'.
        nonlinearity: whose gain g to use, see `calculate_gain`.
        generator: where the random numbers come from; by default torch's own.

    Returns:
        `tensor`.

    Raises:
        ValueError: `tensor` has fewer than two dimensions, or mode or nonlinearity is unknown.

    >>> bool(kaiming_uniform_(torch.empty(2, 6)).abs().max() <= 1)
    True
    """
    return _uniform_(tensor, _kaiming_std(tensor, a, mode, nonlinearity), generator)


def kaiming_normal_(
    tensor: Tensor,
    a: float = 0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    generator: torch.Generator | None = None,
) -> Tensor:
    r"""Fill a weight from a normal distribution with variance $g^2 / n$ (He et al. 2015), n being fan_in or fan_out.

    Args:
        tensor: weight, shape (out, in, *kernel); it is changed in place.
        a: slope of leaky ReLU for negative inputs; 0 is ReLU.
        mode: "fan_in" keeps the activations' mean square from layer to layer, "fan_out" the gradients'.
        nonlinearity: whose gain g to use, see `calculate_gain`.
        generator: where the random numbers come from; by default torch's own.

    Returns:
        `tensor`.

    Raises:
        ValueError: `tensor` has fewer than two dimensions, or mode or nonlinearity is unknown.

    >>> f"{kaiming_normal_(torch.empty(300, 800), generator=torch.Generator().manual_seed(0)).std():.3f}"
    '0.050'
    """
    return _normal_(tensor, _kaiming_std(tensor, a, mode, nonlinearity), generator)


def _kaiming_std(tensor: Tensor, a: float, mode: str, nonlinearity: str) -> float:
    """Standard deviation (initialization-he)."""
    fans = dict(zip(("fan_in", "fan_out"), calculate_fan_in_and_fan_out(tensor), strict=True))
    if mode not in fans:
        raise ValueError(f"mode must be 'fan_in' or 'fan_out', got {mode!r}")
    return calculate_gain(nonlinearity, a) / math.sqrt(fans[mode]) if tensor.numel() else 0.0


# --8<-- [end:kaiming]


# --8<-- [start:orthogonal]
@torch.no_grad()
def orthogonal_(tensor: Tensor, gain: float = 1, generator: torch.Generator | None = None) -> Tensor:
    r"""Fill a weight with a random matrix of orthonormal rows or columns, whichever are fewer (Saxe et al. 2014).

    Args:
        tensor: weight, shape (out, in, *kernel), seen as a matrix of `out` rows; it is changed in place.
        gain: factor of all entries, and so of every singular value.
        generator: where the random numbers come from; by default torch's own.

    Returns:
        `tensor`.

    Raises:
        ValueError: `tensor` has fewer than two dimensions.

    >>> w = orthogonal_(torch.empty(2, 3))
    >>> torch.allclose(w @ w.T, torch.eye(2), atol=1e-6)
    True
    """
    calculate_fan_in_and_fan_out(tensor)  # refuses what is no weight
    if not tensor.numel():
        return tensor
    gaussian = torch.empty_like(tensor).flatten(1).normal_(generator=generator)
    rows, columns = gaussian.shape
    q, r = torch.linalg.qr(gaussian.T if rows < columns else gaussian)
    q = q * r.diagonal().sign()  # without this the distribution would not be uniform (Mezzadri 2007)
    return tensor.copy_(gain * (q.T if rows < columns else q).view_as(tensor))


# --8<-- [end:orthogonal]


# --8<-- [start:propagation]
def gaussian_mean(function: Callable[[Tensor], Tensor], variance: float) -> float:
    r"""$\mathbb{E}[f(\sqrt{v} z)]$ for standard normal z, by Gauss–Hermite quadrature.

    Args:
        function: f, elementwise.
        variance: v ≥ 0.

    Returns:
        The expectation. The error is negligible for smooth functions; for ReLU's square and slope the symmetry of the
        nodes makes it zero.

    >>> round(gaussian_mean(torch.square, 3.0), 10)
    3.0
    """
    nodes, weights = map(torch.from_numpy, np.polynomial.hermite_e.hermegauss(NODES))
    return (weights @ function(math.sqrt(variance) * nodes) / weights.sum()).item()


def variance_recursion(
    function: Callable[[Tensor], Tensor], scale: float, variance: float, depth: int, bias_variance: float = 0.0
) -> Float[Tensor, " layers"]:
    r"""Variances of the pre-activations of a wide network (initialization-variance-map), layer by layer.

    $v_{l+1} = s \, \mathbb{E}[h(\sqrt{v_l} z)^2] + \sigma_b^2$ for standard normal z.

    Args:
        function: the activation h.
        scale: s, the variance of a weight times fan_in, which is the square of the gain.
        variance: of the pre-activations of the first layer.
        depth: how many layers follow it.
        bias_variance: of the biases.

    Returns:
        depth + 1 variances, beginning with the given one.

    >>> variance_recursion(torch.relu, 2.0, 1.5, 3)
    tensor([1.5000, 1.5000, 1.5000, 1.5000], dtype=torch.float64)
    """
    variances = [variance]
    for _ in range(depth):
        variances.append(scale * gaussian_mean(lambda z: function(z).square(), variances[-1]) + bias_variance)
    return torch.tensor(variances, dtype=torch.float64)


def backward_factor(function: Callable[[Tensor], Tensor], scale: float, variance: float) -> float:
    r"""Factor of the mean square of the gradient for one layer back: $s \, \mathbb{E}[h'(\sqrt{v} z)^2]$.

    Args:
        function: the activation h, differentiable by autograd.
        scale: s, the variance of a weight times fan_out.
        variance: v, of the pre-activations.

    Returns:
        The factor (initialization-backward-factor): above 1 gradients explode, below 1 they vanish.

    >>> round(backward_factor(torch.relu, 2.0, 7.0), 10)
    1.0
    """
    slope = torch.func.vmap(torch.func.grad(function))
    return scale * gaussian_mean(lambda z: slope(z).square(), variance)


# --8<-- [end:propagation]


def relu_cosine(cosine: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    r"""Cosine of the angle between two inputs after a wide random ReLU layer (initialization-cosine).

    $\frac{1}{\pi} (\sqrt{1 - c^2} + c (\pi - \arccos c))$: Cho and Saul 2009, the arc-cosine kernel of degree 1.

    Args:
        cosine: c, between -1 and 1.

    Returns:
        The mean of the products of the activations over their mean square.

    Raises:
        ValueError: a cosine is not between -1 and 1.

    >>> relu_cosine(torch.tensor([-1.0, 1.0]))
    tensor([0., 1.])
    """
    if (cosine.abs() > 1).any():
        raise ValueError(f"a cosine lies between -1 and 1, got {cosine.abs().max().item():.3g}")
    return ((1 - cosine.square()).sqrt() + cosine * (math.pi - cosine.arccos())) / math.pi


def mode_strength(time: Float[Tensor, "*shape"], target: float, start: float | Tensor) -> Float[Tensor, "*shape"]:
    r"""Product of the weights of a balanced linear network of two layers under gradient flow (initialization-logistic).

    $p(\tau) = \frac{s}{1 + (s / p_0 - 1) e^{-2 s \tau}}$: Saxe, McClelland and Ganguli (2014).

    Args:
        time: τ, the learning rate times the number of steps.
        target: s > 0, the singular value that is to be learned.
        start: p_0, between 0 and s.

    Returns:
        The product at each time.

    >>> mode_strength(torch.tensor([0.0, 100.0]), target=2.0, start=0.5)
    tensor([0.5000, 2.0000])
    """
    return target / (1 + (target / start - 1) * torch.exp(-2 * target * time))
