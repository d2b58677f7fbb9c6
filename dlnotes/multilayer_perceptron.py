r"""Neurons, activation functions and multilayer perceptrons: forward passes, constructions by hand, and counts.

Names, argument order and semantics of the activations are those of `torch.nn.functional`. A network is a list of weight
matrices, each of shape (out, in) as in `torch.nn.Linear`, and a list of biases; samples are rows.
"""

# --8<-- [start:imports]
import math
from collections.abc import Callable, Sequence
from itertools import pairwise

import torch
from jaxtyping import Bool, Float
from torch import Tensor

# --8<-- [end:imports]


# ---- Activation functions


def step(input: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    r"""The threshold of McCulloch and Pitts (1943) (multilayer_perceptron-step): 1 where z > 0, otherwise 0.

    Its derivative is 0 wherever it exists, so that autograd gives no gradient through it.

    Args:
        input: pre-activations of any shape.

    Returns:
        0 or 1, of the same shape.

    Raises:
        TypeError: `input` is not floating-point.

    >>> step(torch.tensor([-2.0, 0.0, 0.5]))
    tensor([0., 0., 1.])
    """
    _check_floating(input)
    return (input > 0).to(input.dtype)


# --8<-- [start:saturating]
def sigmoid(input: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    r"""The logistic function (multilayer_perceptron-sigmoid): $1 / (1 + \exp(-z))$, without overflow.

    Args:
        input: pre-activations of any shape.

    Returns:
        Values from 0 to 1, of the same shape.

    Raises:
        TypeError: `input` is not floating-point.

    >>> sigmoid(torch.tensor([-1000.0, 0.0, 2.0]))
    tensor([0.0000, 0.5000, 0.8808])
    """
    e = _minus_abs(input).exp()  # at most 1, so that nothing overflows
    return torch.where(input > 0, 1 / (1 + e), e / (1 + e))


def tanh(input: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    r"""The hyperbolic tangent (multilayer_perceptron-tanh): $(\exp(z) - \exp(-z)) / (\exp(z) + \exp(-z))$.

    Args:
        input: pre-activations of any shape.

    Returns:
        Values from -1 to 1, of the same shape.

    Raises:
        TypeError: `input` is not floating-point.

    >>> tanh(torch.tensor([-1000.0, 0.0, 0.5]))
    tensor([-1.0000,  0.0000,  0.4621])
    """
    e = torch.expm1(2 * _minus_abs(input))  # exp(-2|z|) - 1, exact near 0
    a = e / (2 + e)  # tanh(-|z|)
    return torch.where(input > 0, -a, a)


def _minus_abs(input: Tensor) -> Tensor:
    """-|z|, whose slope at 0 is that from the left, 1; `-input.abs()` would have 0 there and spoil the gradient."""
    _check_floating(input)
    return torch.where(input > 0, -input, input)


def _check_floating(input: Tensor) -> None:
    if not input.is_floating_point():
        raise TypeError(f"input must be a floating-point tensor, got {input.dtype}; convert it with input.float()")


# --8<-- [end:saturating]


# --8<-- [start:rectifiers]
def relu(input: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    r"""The rectified linear unit (Nair and Hinton 2010; Glorot et al. 2011): $\max(0, z)$, with slope 0 at 0.

    Args:
        input: pre-activations of any shape.

    Returns:
        Values from 0 on, of the same shape.

    Raises:
        TypeError: `input` is not floating-point.

    >>> relu(torch.tensor([-2.0, 0.0, 3.0]))
    tensor([0., 0., 3.])
    """
    _check_floating(input)
    return torch.where(input <= 0, 0.0, input)  # nan is not <= 0 and passes, as in torch


def leaky_relu(input: Float[Tensor, "*shape"], negative_slope: float = 0.01) -> Float[Tensor, "*shape"]:
    r"""The leaky rectifier (Maas et al. 2013): z where z > 0, otherwise $\alpha z$ (multilayer_perceptron-leaky-relu).

    Args:
        input: pre-activations of any shape.
        negative_slope: α.

    Returns:
        Values of the same shape.

    Raises:
        TypeError: `input` is not floating-point.

    >>> leaky_relu(torch.tensor([-2.0, 0.0, 3.0]), 0.1)
    tensor([-0.2000,  0.0000,  3.0000])
    """
    _check_floating(input)
    return torch.where(input > 0, input, negative_slope * input)


def gelu(input: Float[Tensor, "*shape"], approximate: str = "none") -> Float[Tensor, "*shape"]:
    r"""The Gaussian error linear unit (Hendrycks and Gimpel 2016): $z \Phi(z)$ (multilayer_perceptron-gelu).

    Args:
        input: pre-activations of any shape.
        approximate: "none", or "tanh" for $\frac z2 (1 + \tanh(\sqrt{2/\pi} (z + 0.044715 z^3)))$.

    Returns:
        Values of the same shape, at least -0.17.

    Raises:
        TypeError: `input` is not floating-point.
        ValueError: `approximate` is neither "none" nor "tanh".

    >>> gelu(torch.tensor([-1.0, 0.0, 1.0]))
    tensor([-0.1587,  0.0000,  0.8413])
    """
    _check_floating(input)
    if approximate == "none":
        return input * torch.special.ndtr(input)
    if approximate == "tanh":  # (multilayer_perceptron-gelu-tanh)
        return 0.5 * input * (1 + tanh(math.sqrt(2 / math.pi) * (input + 0.044715 * input**3)))
    raise ValueError(f'approximate must be "none" or "tanh", got {approximate!r}')


def silu(input: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    r"""The sigmoid linear unit (Elfwing et al. 2018), or swish: $z \sigma(z)$ (multilayer_perceptron-silu).

    Args:
        input: pre-activations of any shape.

    Returns:
        Values of the same shape, at least -0.28.

    Raises:
        TypeError: `input` is not floating-point.

    >>> silu(torch.tensor([-1.0, 0.0, 1.0]))
    tensor([-0.2689,  0.0000,  0.7311])
    """
    return input * sigmoid(input)


# --8<-- [end:rectifiers]


def dead_units(pre_activation: Float[Tensor, "*batch N m"]) -> Bool[Tensor, "*batch m"]:
    r"""Which ReLU units are off for every sample, so that no gradient reaches their weights.

    Args:
        pre_activation: z of all units, samples as rows.

    Returns:
        True for each unit whose z is 0 or less in every row.

    Raises:
        ValueError: there is no sample, so that nothing can be said.

    >>> dead_units(torch.tensor([[-1.0, 2.0], [-3.0, -1.0]]))
    tensor([ True, False])
    """
    if pre_activation.shape[-2] == 0:
        raise ValueError(f"pre_activation must hold at least one sample, got shape {tuple(pre_activation.shape)}")
    return (pre_activation <= 0).all(dim=-2)


# ---- The perceptron


# --8<-- [start:perceptron]
def perceptron(
    input: Float[Tensor, "N d"], target: Float[Tensor, " N"], max_mistakes: int = 10_000
) -> Float[Tensor, "T d"]:
    r"""The perceptron (Rosenblatt 1958): go through the samples in turn, and at each mistake add $y x$ to the weights.

    A mistake is a sample with $y w^\top x \le 0$ (multilayer_perceptron-rule). Between two mistakes the weights stay as
    they are, so that the next one is found by a single product with all samples.

    Args:
        input: samples as rows; append a column of ones for a bias.
        target: their classes, +1 or -1.
        max_mistakes: when to stop if the samples cannot be separated.

    Returns:
        The weights before the first mistake, which are 0, and after each: shape (mistakes + 1, d).

    Raises:
        ValueError: shapes do not fit, a class is neither +1 nor -1, or `max_mistakes` is negative.

    >>> perceptron(torch.tensor([[2.0, 1.0], [-1.0, 1.0]]), torch.tensor([1.0, -1.0]))
    tensor([[0., 0.],
            [2., 1.]])
    """
    _check_classes(input, target)
    if max_mistakes < 0:
        raise ValueError(f"max_mistakes must not be negative, got {max_mistakes}")
    signed = target.unsqueeze(1) * input
    weights, position = [input.new_zeros(input.shape[1])], 0
    while len(weights) <= max_mistakes:
        wrong = (signed @ weights[-1] <= 0).roll(-position)  # the sample whose turn it is comes first
        if not wrong.any():
            break
        mistake = (position + int(wrong.to(torch.uint8).argmax())) % len(signed)
        weights.append(weights[-1] + signed[mistake])
        position = (mistake + 1) % len(signed)
    return torch.stack(weights)


def mistake_bound(
    input: Float[Tensor, "N d"], target: Float[Tensor, " N"], weight: Float[Tensor, " d"]
) -> Float[Tensor, ""]:
    r"""At most how many mistakes the perceptron makes (Novikoff 1962): $(R / \gamma)^2$ (multilayer_perceptron-bound).

    Args:
        input: samples as rows, the longest of length R.
        target: their classes, +1 or -1.
        weight: a direction that separates them with the margin γ; the larger γ, the better the bound.

    Returns:
        The bound.

    Raises:
        ValueError: shapes do not fit, a class is neither +1 nor -1, or `weight` does not separate the samples.

    >>> mistake_bound(torch.tensor([[2.0, 1.0], [-1.0, 1.0]]), torch.tensor([1.0, -1.0]), torch.tensor([1.0, 0.0]))
    tensor(5.)
    """
    _check_classes(input, target)
    margin = (target * (input @ weight)).min() / weight.norm()
    if not margin > 0:
        raise ValueError(f"weight must separate the samples, but the smallest y w·x / |w| is {margin:.4g}")
    return (input.norm(dim=1).max() / margin) ** 2


def _check_classes(input: Tensor, target: Tensor) -> None:
    if len(input) == 0 or target.shape != input.shape[:1]:
        raise ValueError(
            f"one class for each of at least one sample, got input {tuple(input.shape)}, target {tuple(target.shape)}"
        )
    if not (target.abs() == 1).all():
        raise ValueError("classes must be +1 or -1; turn 0 and 1 into them by 2 * target - 1")


# --8<-- [end:perceptron]


# ---- Layers and networks


# --8<-- [start:mlp]
def linear(
    input: Float[Tensor, "*batch n"], weight: Float[Tensor, "m n"], bias: Float[Tensor, " m"] | None = None
) -> Float[Tensor, "*batch m"]:
    r"""A layer without activation (multilayer_perceptron-batch): $Z = X W^\top + 1 b^\top$.

    Args:
        input: samples as rows.
        weight: one row a unit, shape (m, n).
        bias: one entry a unit, or None.

    Returns:
        Pre-activations, one row a sample.

    Raises:
        ValueError: widths do not fit.

    >>> linear(torch.tensor([[1.0, 2.0]]), torch.tensor([[3.0, 4.0]]), torch.tensor([0.5]))
    tensor([[11.5000]])
    """
    if weight.ndim != 2 or weight.shape[1] != input.shape[-1]:
        raise ValueError(f"weight must have shape (out, {input.shape[-1]}), one row a unit, got {tuple(weight.shape)}")
    if bias is None:
        return input @ weight.T
    if bias.shape != weight.shape[:1]:  # another shape might broadcast without an error
        raise ValueError(f"bias must have shape ({len(weight)},), one entry a unit, got {tuple(bias.shape)}")
    return input @ weight.T + bias


def mlp(
    input: Float[Tensor, "*batch n"],
    weights: Sequence[Float[Tensor, "_ _"]],
    biases: Sequence[Float[Tensor, "_"]],  # noqa: F821
    activation: Callable[[Tensor], Tensor] = torch.relu,
) -> Float[Tensor, "*batch m"]:
    r"""A multilayer perceptron: layers with an activation between them (multilayer_perceptron-forward).

    Args:
        input: samples as rows.
        weights: L matrices, the l-th of shape (n_l, n_{l-1}).
        biases: L vectors, the l-th of shape (n_l,).
        activation: of the hidden layers; the output layer has none.

    Returns:
        Pre-activations of the output layer, one row a sample.

    Raises:
        ValueError: there is no layer, not one bias a weight matrix, or widths do not fit.

    >>> mlp(torch.tensor([[3.0, 2.0]]), [torch.eye(2), torch.tensor([[1.0, -1.0]])], [torch.zeros(2), torch.zeros(1)])
    tensor([[1.]])
    """
    if len(weights) != len(biases) or not weights:
        raise ValueError(f"one bias a weight and at least one layer, got {len(weights)} weights, {len(biases)} biases")
    a = input
    for weight, bias in zip(weights[:-1], biases[:-1], strict=True):
        a = activation(linear(a, weight, bias))
    return linear(a, weights[-1], biases[-1])


# --8<-- [end:mlp]


# --8<-- [start:counts]
def parameter_count(sizes: Sequence[int], bias: bool = True) -> int:
    r"""Weights and biases of a multilayer perceptron (multilayer_perceptron-parameters): $\sum_l n_l (n_{l-1} + 1)$.

    Args:
        sizes: widths $n_0, \dots, n_L$.
        bias: whether the layers have biases.

    Returns:
        How many numbers there are to learn.

    Raises:
        ValueError: there are not two widths or more, or one is not positive.

    >>> parameter_count([784, 256, 10])
    203530
    """
    _check_sizes(sizes)
    return sum(fan_out * (fan_in + bias) for fan_in, fan_out in pairwise(sizes))


def multiply_adds(sizes: Sequence[int], samples: int = 1) -> int:
    r"""Multiplications, each with an addition, of one forward pass (multilayer_perceptron-multiply-adds).

    Args:
        sizes: widths $n_0, \dots, n_L$.
        samples: in the batch.

    Returns:
        $N \sum_l n_l n_{l-1}$; the activations are not counted.

    Raises:
        ValueError: there are not two widths or more, one is not positive, or `samples` is negative.

    >>> multiply_adds([784, 256, 10])
    203264
    """
    _check_sizes(sizes)
    if samples < 0:
        raise ValueError(f"samples must not be negative, got {samples}")
    return samples * sum(fan_in * fan_out for fan_in, fan_out in pairwise(sizes))


def _check_sizes(sizes: Sequence[int]) -> None:
    if len(sizes) < 2 or min(sizes) < 1:
        raise ValueError(f"sizes must hold the widths of the input and of at least one layer, got {list(sizes)}")


# --8<-- [end:counts]


# ---- Networks made by hand


def curve(x: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    r"""The curve that the chapter approximates, on [0, 1]: $\sin(2\pi x) + \frac12 \cos(5\pi x)$.

    Args:
        x: points of any shape.

    Returns:
        Its values, of the same shape; the second derivative is nowhere larger than 16.5 π² in size.

    >>> curve(torch.tensor([0.0, 0.25, 1.0]))
    tensor([ 0.5000,  0.6464, -0.5000])
    """
    return torch.sin(2 * math.pi * x) + 0.5 * torch.cos(5 * math.pi * x)


# --8<-- [start:staircase]
def staircase_network(
    edges: Float[Tensor, " inner"], heights: Float[Tensor, " steps"], steepness: float
) -> tuple[list[Tensor], list[Tensor]]:
    r"""One hidden layer of sigmoids that climbs from height to height (multilayer_perceptron-staircase).

    Args:
        edges: where the steps are, increasing.
        heights: the values between them, one more than edges.
        steepness: κ, how sharp the steps are, in units of 1 / x.

    Returns:
        Weights and biases for `mlp` with the activation `sigmoid`; one hidden unit an edge.

    Raises:
        ValueError: there is not one height more than edges, edges do not increase, or `steepness` is not positive.

    >>> network = staircase_network(torch.tensor([0.5]), torch.tensor([1.0, 3.0]), steepness=100.0)
    >>> mlp(torch.tensor([[0.0], [1.0]]), *network, sigmoid).squeeze()
    tensor([1., 3.])
    """
    if len(heights) != len(edges) + 1:
        raise ValueError(f"there must be one height more than edges, got {len(heights)} heights, {len(edges)} edges")
    if steepness <= 0:
        raise ValueError(f"steepness must be positive, got {steepness}")
    _check_increasing("edges", edges)
    hidden = torch.full((len(edges), 1), steepness, dtype=edges.dtype), -steepness * edges
    return [hidden[0], heights.diff().unsqueeze(0)], [hidden[1], heights[:1]]


# --8<-- [end:staircase]


def interpolation_network(knots: Float[Tensor, " K"], values: Float[Tensor, " K"]) -> tuple[list[Tensor], list[Tensor]]:
    r"""One hidden layer of ReLUs through given points, straight between them (multilayer_perceptron-interpolation).

    Args:
        knots: where the points are, increasing, at least two.
        values: their heights.

    Returns:
        Weights and biases for `mlp`; K - 1 hidden units. Left of the first knot the network is constant.

    Raises:
        ValueError: there is not one value a knot, there are fewer than two, or knots do not increase.

    >>> network = interpolation_network(torch.tensor([0.0, 1.0, 3.0]), torch.tensor([0.0, 1.0, 0.0]))
    >>> mlp(torch.tensor([[0.5], [2.0]]), *network).squeeze()
    tensor([0.5000, 0.5000])
    """
    if len(knots) != len(values) or len(knots) < 2:
        raise ValueError(f"one value for each of at least two knots, got {len(values)} values, {len(knots)} knots")
    _check_increasing("knots", knots)
    slopes = values.diff() / knots.diff()
    changes = torch.cat([slopes[:1], slopes.diff()])
    return [torch.ones_like(knots[:-1]).unsqueeze(1), changes.unsqueeze(0)], [-knots[:-1], values[:1]]


# --8<-- [start:check_increasing]
def _check_increasing(name: str, points: Tensor) -> None:
    if not (points.diff() > 0).all():
        raise ValueError(f"{name} must increase, got {points.tolist()}")


# --8<-- [end:check_increasing]


# --8<-- [start:sawtooth]
def sawtooth_network(depth: int, dtype: torch.dtype = torch.float32) -> tuple[list[Tensor], list[Tensor]]:
    r"""The tent map composed with itself, two ReLUs a layer (Telgarsky 2016) (multilayer_perceptron-tent).

    Args:
        depth: how many hidden layers.
        dtype: of the parameters.

    Returns:
        Weights and biases for `mlp`: a function with 2**depth straight pieces on [0, 1], each of height 1.

    Raises:
        ValueError: `depth` is less than 1.

    >>> mlp(torch.tensor([[0.0], [0.25], [0.5], [0.75], [1.0]]), *sawtooth_network(2)).squeeze()
    tensor([0., 1., 0., 1., 0.])
    """
    if depth < 1:
        raise ValueError(f"depth must be at least 1, got {depth}")
    enter, tent = torch.ones(2, 1, dtype=dtype), torch.tensor([[2.0, -4.0]], dtype=dtype)
    fold = torch.tensor([0.0, -0.5], dtype=dtype)
    return [enter, *[enter @ tent] * (depth - 1), tent], [*[fold] * depth, torch.zeros(1, dtype=dtype)]


# --8<-- [end:sawtooth]
