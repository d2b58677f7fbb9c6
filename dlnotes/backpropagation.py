r"""Multilayer perceptrons with nothing but matrix products, and reverse-mode differentiation in general.

A layer is $Z = A W^\top + 1 b^\top$, one sample a row, with the weight layout of `torch.nn.Linear` (out, in); hidden
layers apply an activation, the output layer softmax and cross entropy. Leading dimensions of samples, weights and
biases hold independent networks, for instance one a seed.
"""

# --8<-- [start:imports]
import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from dlnotes.softmax import log_softmax, softmax

# --8<-- [end:imports]


# --8<-- [start:activations]
class Activation(NamedTuple):
    """An elementwise function and its derivative, written as a function of the function's own value a = h(z).

    >>> a = TANH.function(torch.tensor([0.0, 1.0]))
    >>> TANH.derivative(a)
    tensor([1.0000, 0.4200])
    """

    function: Callable[[Tensor], Tensor]  # h, from scores to outputs
    derivative: Callable[[Tensor], Tensor]  # h′, from the outputs a


SIGMOID = Activation(torch.sigmoid, lambda a: a * (1 - a))  # (backpropagation-sigmoid-slope)
TANH = Activation(torch.tanh, lambda a: 1 - a * a)  # (backpropagation-tanh-slope)
RELU = Activation(torch.relu, lambda a: (a > 0).to(a.dtype))  # (backpropagation-relu-slope)
IDENTITY = Activation(lambda z: z, torch.ones_like)
# --8<-- [end:activations]


# --8<-- [start:forward]
def forward(
    input: Float[Tensor, "*batch N features"],
    weights: Sequence[Float[Tensor, "*batch _ _"]],
    biases: Sequence[Float[Tensor, "*batch _"]],
    activation: Activation = RELU,
) -> list[Float[Tensor, "*batch N _"]]:
    r"""Forward pass of a multilayer perceptron (backpropagation-batch-forward), keeping what the backward pass needs.

    $Z^{[l]} = A^{[l-1]} W^{[l]\top} + 1 b^{[l]\top}$ and $A^{[l]} = h(Z^{[l]})$, from $A^{[0]} = X$.

    Args:
        input: samples as rows, shape (..., N, n_0).
        weights: L matrices, the l-th of shape (..., n_l, n_{l-1}).
        biases: L vectors, the l-th of shape (..., n_l).
        activation: of the hidden layers; the output layer has none.

    Returns:
        $[A^{[0]}, \dots, A^{[L-1]}, Z^{[L]}]$: the input of every layer, then the logits.

    Raises:
        ValueError: there is no layer, not one bias a weight, or widths do not fit.

    >>> x, w1, w2 = torch.ones(1, 2), torch.eye(2), torch.tensor([[1.0, 2.0]])
    >>> forward(x, [w1, w2], [torch.zeros(2), torch.zeros(1)])[-1]
    tensor([[3.]])
    """
    _check_layers(input, weights, biases)
    outputs = [input]
    for layer, (weight, bias) in enumerate(zip(weights, biases, strict=True), 1):
        z = outputs[-1] @ weight.mT + bias.unsqueeze(-2)
        outputs.append(z if layer == len(weights) else activation.function(z))
    return outputs


# --8<-- [end:forward]


# --8<-- [start:check_layers]
def _check_layers(input: Tensor, weights: Sequence[Tensor], biases: Sequence[Tensor]) -> None:
    if len(weights) != len(biases) or not weights:
        raise ValueError(f"one bias a weight and at least one layer, got {len(weights)} weights, {len(biases)} biases")
    width = input.shape[-1]
    for layer, (weight, bias) in enumerate(zip(weights, biases, strict=True), 1):
        if weight.shape[-1] != width:
            raise ValueError(
                f"weight of layer {layer} must have shape (out, {width}), got {tuple(weight.shape)}; "
                "a row holds the weights of one unit"
            )
        width = weight.shape[-2]
        if bias.shape[-1] != width:
            raise ValueError(
                f"bias of layer {layer} must have {width} entries, one a unit, got shape {tuple(bias.shape)}"
            )


# --8<-- [end:check_layers]


# --8<-- [start:loss]
def mean_cross_entropy(
    logits: Float[Tensor, "*batch N K"], target: Float[Tensor, "*batch N K"]
) -> Float[Tensor, "*batch"]:
    r"""Cost of a batch (backpropagation-cost): $-\frac1N \sum_i \sum_k Y_{ik} \log A_{ik}$, in nats.

    Args:
        logits: scores of the output layer, samples as rows.
        target: one-hot or soft targets, samples as rows, each summing to 1.

    Returns:
        One number for each network.

    >>> mean_cross_entropy(torch.zeros(1, 2), torch.tensor([[1.0, 0.0]]))
    tensor(0.6931)
    """
    return -(target * log_softmax(logits, dim=-1)).sum(dim=-1).mean(dim=-1)


# --8<-- [end:loss]


# --8<-- [start:error_signals]
def error_signals(
    outputs: Sequence[Float[Tensor, "*batch N _"]],
    target: Float[Tensor, "*batch N K"],
    weights: Sequence[Float[Tensor, "*batch _ _"]],
    activation: Activation = RELU,
) -> list[Float[Tensor, "*batch N _"]]:
    r"""Error signals of all layers, from the last to the first (backpropagation-batch-recursion).

    $\Delta^{[L]} = A^{[L]} - Y$, then $\Delta^{[l]} = (\Delta^{[l+1]} W^{[l+1]}) \odot h'(Z^{[l]})$; a row holds the
    gradient of one sample's loss by the pre-activations of that layer.

    Args:
        outputs: what `forward` returned.
        target: one-hot or soft targets, samples as rows, each summing to 1.
        weights: L matrices, the l-th of shape (..., n_l, n_{l-1}).
        activation: of the hidden layers, as given to `forward`.

    Returns:
        $[\Delta^{[1]}, \dots, \Delta^{[L]}]$, the l-th of shape (..., N, n_l).

    Raises:
        ValueError: `target` has not the shape of the logits.

    >>> error_signals([torch.ones(1, 1), torch.zeros(1, 2)], torch.tensor([[1.0, 0.0]]), [torch.ones(2, 1)])
    [tensor([[-0.5000,  0.5000]])]
    """
    *inputs, logits = outputs
    if target.shape != logits.shape:
        raise ValueError(
            f"target must have the shape of the logits {tuple(logits.shape)}, got {tuple(target.shape)}; "
            "turn class indices into rows by torch.nn.functional.one_hot"
        )
    deltas = [softmax(logits, dim=-1) - target]
    for weight, hidden in zip(reversed(weights[1:]), reversed(inputs[1:]), strict=True):
        deltas.append((deltas[-1] @ weight).mul_(activation.derivative(hidden)))
    return deltas[::-1]


# --8<-- [end:error_signals]


# --8<-- [start:backward]
def backward(
    outputs: Sequence[Float[Tensor, "*batch N _"]],
    target: Float[Tensor, "*batch N K"],
    weights: Sequence[Float[Tensor, "*batch _ _"]],
    activation: Activation = RELU,
) -> tuple[list[Float[Tensor, "*batch _ _"]], list[Float[Tensor, "*batch _"]]]:
    r"""Gradients of the mean cross entropy by all weights and biases (Rumelhart, Hinton and Williams 1986).

    $\partial J/\partial W^{[l]} = \frac1N \Delta^{[l]\top} A^{[l-1]}$ (backpropagation-batch-weights) and
    $\partial J/\partial b^{[l]} = \frac1N \Delta^{[l]\top} 1$ (backpropagation-batch-biases).

    Args:
        outputs: what `forward` returned.
        target: one-hot or soft targets, samples as rows, each summing to 1.
        weights: L matrices, the l-th of shape (..., n_l, n_{l-1}).
        activation: of the hidden layers, as given to `forward`.

    Returns:
        Gradients by the weights and gradients by the biases, of their shapes.

    Raises:
        ValueError: `target` has not the shape of the logits, or there is no sample to take the mean of.

    >>> backward([torch.tensor([[3.0]]), torch.zeros(1, 2)], torch.tensor([[1.0, 0.0]]), [torch.ones(2, 1)])
    ([tensor([[-1.5000],
            [ 1.5000]])], [tensor([-0.5000,  0.5000])])
    """
    samples = target.shape[-2]
    if samples == 0:
        raise ValueError(f"target must hold at least one sample, got shape {tuple(target.shape)}")
    deltas = error_signals(outputs, target, weights, activation)
    weight_grads = [delta.mT @ a / samples for delta, a in zip(deltas, outputs[:-1], strict=True)]
    bias_grads = [delta.mean(dim=-2) for delta in deltas]
    return weight_grads, bias_grads


# --8<-- [end:backward]


@torch.no_grad()
def sgd_step(
    params: Sequence[Tensor], grads: Sequence[Tensor], velocities: Sequence[Tensor], lr: float, momentum: float = 0.0
) -> None:
    r"""One step of gradient descent with momentum, in place, as `torch.optim.SGD` (backpropagation-momentum).

    $v \leftarrow \mu v + g$ and $\theta \leftarrow \theta - \eta v$.

    Args:
        params: the tensors to change.
        grads: their gradients.
        velocities: one running sum a parameter, zero before the first step; changed too.
        lr: step size η.
        momentum: μ, the share of the velocity that is kept.

    >>> w, v = torch.tensor([1.0]), torch.tensor([0.0])
    >>> sgd_step([w], [torch.tensor([2.0])], [v], lr=0.1)
    >>> w
    tensor([0.8000])
    """
    for param, grad, velocity in zip(params, grads, velocities, strict=True):
        velocity.mul_(momentum).add_(grad)
        param.sub_(velocity, alpha=lr)


def he_normal(
    sizes: Sequence[int], generator: torch.Generator, dtype: torch.dtype = torch.float32
) -> tuple[list[Float[Tensor, "_ _"]], list[Float[Tensor, "_"]]]:  # noqa: F821
    r"""Weights from $\mathcal N(0, 2 / n_{l-1})$ and zero biases (He et al. 2015, equation 10).

    Args:
        sizes: widths $n_0, \dots, n_L$.
        generator: source of random numbers, on the CPU.
        dtype: of the parameters; the numbers drawn are the same for every dtype.

    Returns:
        L weights and L biases.

    >>> weights, biases = he_normal([4, 3, 2], torch.Generator().manual_seed(0))
    >>> [tuple(w.shape) for w in weights], [tuple(b.shape) for b in biases]
    ([(3, 4), (2, 3)], [(3,), (2,)])
    """
    weights = [
        (torch.randn(fan_out, fan_in, generator=generator, dtype=torch.float64) * math.sqrt(2 / fan_in)).to(dtype)
        for fan_in, fan_out in pairwise(sizes)
    ]
    return weights, [torch.zeros(fan_out, dtype=dtype) for fan_out in sizes[1:]]


class Network(NamedTuple):
    """One sample as a row, its target, and the parameters of a network (backpropagation-two-layers).

    >>> [tuple(weight.shape) for weight in tiny_network().weights]
    [(3, 2), (2, 3)]
    """

    input: Tensor  # shape (1, features)
    target: Tensor  # shape (1, classes)
    weights: list[Tensor]  # one matrix a layer, shape (outputs, inputs)
    biases: list[Tensor]  # one vector a layer, shape (outputs,)


def tiny_network() -> Network:
    """The chapter's running example: two features, three sigmoid units, two classes, in float64.

    Returns:
        The sample, its target, two weight matrices and two biases.

    >>> tiny_network().input
    tensor([[1., 2.]], dtype=torch.float64)
    """

    def rows(*values: Sequence[float]) -> Tensor:
        return torch.tensor(values, dtype=torch.float64)

    return Network(
        input=rows([1.0, 2.0]),
        target=rows([0.0, 1.0]),
        weights=[rows([0.5, -0.3], [0.8, 0.2], [-0.4, 0.6]), rows([0.7, -0.5, 0.2], [-0.6, 0.4, 0.9])],
        biases=[rows([0.1, -0.2, 0.3])[0], rows([0.0, 0.1])[0]],
    )


# --8<-- [start:numerical_gradient]
def numerical_gradient(
    function: Callable[[Float[Tensor, "*shape"]], Tensor], input: Float[Tensor, "*shape"], step: float = 6e-6
) -> Float[Tensor, "*shape"]:
    r"""Gradient by central differences (backpropagation-central): $(f(x + h e_i) - f(x - h e_i)) / 2h$ for every i.

    Args:
        function: from a tensor to a single number; called twice for each entry of `input`.
        input: the point, in float64; it is left as it was.
        step: h, in the units of `input`; the default is the cube root of float64's rounding error.

    Returns:
        An estimate of the gradient, of the shape of `input`.

    Raises:
        TypeError: `input` is not float64.
        ValueError: `step` is not positive.

    >>> numerical_gradient(lambda x: x.square().sum(), torch.tensor([1.0, -2.0], dtype=torch.float64)).round(decimals=6)
    tensor([ 2., -4.], dtype=torch.float64)
    """
    if input.dtype != torch.float64:
        raise TypeError(f"input must be float64, since differences lose half of the digits, got {input.dtype}")
    if step <= 0:
        raise ValueError(f"step must be positive, got {step}")
    point = input.detach().clone()
    flat = point.view(-1)
    gradient = torch.empty_like(flat)
    for i, value in enumerate(flat.tolist()):
        flat[i] = value + step
        ahead = function(point).item()
        flat[i] = value - step
        gradient[i] = (ahead - function(point).item()) / (2 * step)
        flat[i] = value
    return gradient.view_as(input)


# --8<-- [end:numerical_gradient]


# --8<-- [start:node]
class Node:
    """A number in a computational graph: what it was computed from, and the local derivative by each of these.

    Nodes are added and multiplied by + and *; `adjoint` is filled by `backpropagate`.

    Args:
        value: the number.
        parents: pairs (parent, derivative of this node by the parent).

    >>> x = Node(3.0)
    >>> backpropagate(x * x)
    >>> x.adjoint
    6.0
    """

    def __init__(self, value: float, parents: Sequence[tuple["Node", float]] = ()) -> None:
        self.value = value
        self.parents = parents  # pairs (parent, ∂self/∂parent)
        self.adjoint = 0.0  # ∂output/∂self, filled by backpropagate

    def __add__(self, other: "Node") -> "Node":
        return Node(self.value + other.value, [(self, 1.0), (other, 1.0)])

    def __mul__(self, other: "Node") -> "Node":
        return Node(self.value * other.value, [(self, other.value), (other, self.value)])

    def exp(self) -> "Node":
        """$e^x$.

        Returns:
            A node that was computed from this one.
        """
        value = math.exp(self.value)
        return Node(value, [(self, value)])

    def log(self) -> "Node":
        """Natural logarithm.

        Returns:
            A node that was computed from this one.
        """
        return Node(math.log(self.value), [(self, 1 / self.value)])

    def tanh(self) -> "Node":
        """Hyperbolic tangent.

        Returns:
            A node that was computed from this one.
        """
        value = math.tanh(self.value)
        return Node(value, [(self, 1 - value * value)])


def topological_order(output: Node) -> list[Node]:
    """All nodes that `output` depends on, each one after all that it was computed from (depth-first search).

    Args:
        output: the last node.

    Returns:
        The nodes, `output` at the end.

    >>> x = Node(2.0)
    >>> [node.value for node in topological_order(x.exp() * x)][0]
    2.0
    """
    order, seen, stack = [], set(), [(output, False)]
    while stack:
        node, parents_done = stack.pop()
        if parents_done:
            order.append(node)
        elif node not in seen:
            seen.add(node)
            stack.append((node, True))
            stack.extend((parent, False) for parent, _ in node.parents)
    return order


def backpropagate(output: Node) -> None:
    """Fill the adjoint of every node by reverse accumulation (Linnainmaa 1976), (backpropagation-adjoint).

    Args:
        output: the node whose derivatives are wanted; its own adjoint becomes 1.

    >>> x, y = Node(2.0), Node(5.0)
    >>> backpropagate(x * y + y)
    >>> x.adjoint, y.adjoint
    (5.0, 3.0)
    """
    order = topological_order(output)
    for node in order:
        node.adjoint = 0.0
    output.adjoint = 1.0
    for node in reversed(order):  # a node's adjoint is complete before it is passed on
        for parent, derivative in node.parents:
            parent.adjoint += derivative * node.adjoint


# --8<-- [end:node]
