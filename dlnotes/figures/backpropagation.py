"""Figures of the backpropagation chapter."""

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from dlnotes.backpropagation import (
    RELU,
    SIGMOID,
    TANH,
    Activation,
    Node,
    backpropagate,
    error_signals,
    forward,
    mean_cross_entropy,
    tiny_network,
)
from dlnotes.figures import shade
from dlnotes.runs import Run


def activations() -> Figure:
    """Sigmoid, tanh and ReLU, and their slopes."""
    figure, (values, slopes) = plt.subplots(1, 2)
    z = torch.linspace(-4, 4, 81)
    for name, activation in (("sigmoid", SIGMOID), ("tanh", TANH), ("ReLU", RELU)):
        a = activation.function(z)
        values.plot(z, a, label=name)
        slopes.plot(z, activation.derivative(a))
    values.set(xlabel="$z$", ylabel="$h(z)$", ylim=(-1.2, 2.2))
    slopes.set(xlabel="$z$", ylabel="$h′(z)$", ylim=(-0.05, 1.1), yticks=[0, 0.25, 0.5, 0.75, 1])
    for axes in (values, slopes):
        axes.grid()
    values.legend(loc="upper left")
    return figure


def graph() -> Figure:
    """A computational graph with a weight used twice: values above, adjoints below."""
    x, w, minus_y = Node(0.5), Node(1.2), Node(-0.9)
    u = w * x
    first = u.tanh()
    v = w * first
    second = v.tanh()
    error = second + minus_y
    loss = Node(0.5) * error * error
    backpropagate(loss)

    figure, axes = plt.subplots(figsize=(6.0, 3.8))
    nodes = {
        "$x$": (x, (0, 1)),
        "$w$": (w, (1, 0)),
        "$u=wx$": (u, (1, 2)),
        "$p=\\tanh u$": (first, (2, 1)),
        "$v=wp$": (v, (3, 0)),
        "$q=\\tanh v$": (second, (4, 1)),
        "$\\frac{1}{2}(q-y)^2$": (loss, (4, 2)),
    }
    boxes = {name: _box(axes, name, node, place) for name, (node, place) in nodes.items()}
    edges = [("$x$", "$u=wx$"), ("$w$", "$u=wx$"), ("$w$", "$v=wp$"), ("$u=wx$", "$p=\\tanh u$")]
    edges += [("$p=\\tanh u$", "$v=wp$"), ("$v=wp$", "$q=\\tanh v$"), ("$q=\\tanh v$", "$\\frac{1}{2}(q-y)^2$")]
    for start, end in edges:
        arrow = {
            "patchA": boxes[start],
            "patchB": boxes[end],
            "color": plt.rcParams["text.color"],
            "mutation_scale": 12,
        }
        axes.add_patch(FancyArrowPatch(nodes[start][1], nodes[end][1], arrowstyle="-|>", **arrow))
    axes.text(-0.45, 2.15, "value", color="C0")
    axes.text(-0.45, 1.95, "adjoint", color="C1")
    axes.set(xlim=(-0.5, 4.5), ylim=(-0.35, 2.4))
    axes.axis("off")
    return figure


def _box(axes: Axes, name: str, node: Node, place: tuple[float, float]) -> FancyBboxPatch:
    """A node: its name, its value in blue and its adjoint in orange."""
    column, row = place
    box = FancyBboxPatch(
        (column - 0.36, row - 0.24), 0.72, 0.52, boxstyle="round,pad=0.05", facecolor="none", alpha=0.5
    )
    axes.add_patch(box)
    axes.text(column, row + 0.18, name, ha="center", va="center", fontsize=11)
    axes.text(column, row, f"{node.value:.3f}", ha="center", va="center", color="C0", fontsize=11)
    axes.text(column, row - 0.18, f"{node.adjoint:.3f}", ha="center", va="center", color="C1", fontsize=11)
    return box


def finite_differences() -> Figure:
    """Error of forward and central differences against the step, with the bounds and the best steps."""
    x, y, weights, biases = tiny_network()

    def loss(w: torch.Tensor) -> torch.Tensor:
        """The tiny network's loss as a function of its first weight alone."""
        first = torch.cat([w.view(1), weights[0].flatten()[1:]]).view_as(weights[0])
        return mean_cross_entropy(forward(x, [first, weights[1]], biases, SIGMOID)[-1], y)

    w = weights[0][0, 0].clone().requires_grad_()
    derivatives = [loss(w)]
    for _ in range(3):
        derivatives += torch.autograd.grad(derivatives[-1], w, create_graph=True)
    f, slope, second, third = (abs(d.item()) for d in derivatives)
    sign = np.sign(derivatives[1].item())
    eps = np.finfo(np.float64).eps / 2

    steps = np.logspace(-13, 0, 79)
    with torch.no_grad():
        ahead = np.array([loss(w + h).item() for h in steps])
        behind = np.array([loss(w - h).item() for h in steps])
        here = loss(w).item()
    figure, axes = plt.subplots()
    curves = {
        "forward": (np.abs((ahead - here) / steps - sign * slope), steps / 2 * second + 2 * eps * f / steps),
        "central": (np.abs((ahead - behind) / (2 * steps) - sign * slope), steps**2 / 6 * third + eps * f / steps),
    }
    best = {"forward": 2 * (eps * f / second) ** 0.5, "central": (3 * eps * f / third) ** (1 / 3)}
    for colour, (name, (error, bound)) in zip(("C1", "C0"), curves.items(), strict=True):
        shown = error > 0
        axes.loglog(steps[shown], error[shown], ".", color=colour, label=name)
        axes.loglog(steps, bound, color=colour, linewidth=1.2)
        axes.axvline(best[name], color=colour, linestyle=":", linewidth=1.2)
    axes.set(xlabel="step $s$", ylabel="absolute error of $f′$", ylim=(1e-15, 1e-1))
    axes.legend(loc="upper center", ncols=2, bbox_to_anchor=(0.5, 1.12))
    return figure


def error_signal() -> Figure:
    """Norm of the error signal by layer, relative to the last, for three activations."""
    figure, axes = plt.subplots()
    for name, activation, gain, marker in (
        ("ReLU", RELU, 2, "o"),
        ("tanh", TANH, 1, "s"),
        ("sigmoid", SIGMOID, 1, "^"),
    ):
        norms = np.array([_error_signal_norms(activation, gain, seed) for seed in range(10)])
        layers = np.arange(1, norms.shape[1] + 1)
        shade(axes, norms / norms[:, -1:], layers, label=name, marker=marker, markersize=4)
    bound = [0.25 ** (layers[-1] - layer) for layer in layers]
    axes.plot(layers, bound, "--", color="C5", label="$4^{-(L-l)}$")
    axes.set(
        yscale="log", xlabel="layer $l$", ylabel=r"$\|\Delta^{[l]}\|\,/\,\|\Delta^{[L]}\|$", xticks=[1, 5, 10, 15, 20]
    )
    axes.legend()
    return figure


def _error_signal_norms(
    activation: Activation, gain: float, seed: int, width: int = 64, depth: int = 20
) -> list[float]:
    """Frobenius norm of each layer's error signals for a random network whose weights have variance gain / width."""
    generator = torch.Generator().manual_seed(seed)
    scale = (gain / width) ** 0.5
    weights = [scale * torch.randn(width, width, generator=generator, dtype=torch.float64) for _ in range(depth)]
    biases = [torch.zeros(width, dtype=torch.float64)] * depth
    x = torch.randn(32, width, generator=generator, dtype=torch.float64)
    y = torch.eye(width, dtype=torch.float64)[torch.randint(width, (32,), generator=generator)]
    outputs = forward(x, weights, biases, activation)
    return [delta.norm().item() for delta in error_signals(outputs, y, weights, activation)]


def cost(backpropagation_cost: Run) -> Figure:
    """Time of the backward pass over that of the forward pass, and of three ways to a gradient."""
    run = backpropagation_cost
    depth = run.config["depth"]
    figure, (passes, ways) = plt.subplots(1, 2)
    shade(passes, run.array("backward_seconds") / run.array("forward_seconds"), run.config["widths"], marker="o")
    passes.axhline(2 - 1 / depth, linestyle="--", color="C5")
    passes.set(xscale="log", xlabel="width", ylabel="backward / forward (time)", ylim=(0, None))
    _plain_ticks(passes, run.config["widths"][::2])

    parameters = depth * np.array(run.config["small_widths"]) ** 2
    for name, label, marker in (
        ("forward_mode_seconds", "forward mode", "s"),
        ("central_seconds", "central differences", "^"),
        ("reverse_seconds", "reverse mode", "o"),
    ):
        shade(ways, 1e3 * run.array(name), parameters, label=label, marker=marker)
    ways.set(xscale="log", yscale="log", xlabel="parameters", ylabel="gradient (ms)", ylim=(0.02, 1e6))
    ways.legend(loc="upper left", borderaxespad=0)
    return figure


def _plain_ticks(axes: Axes, ticks: list[int]) -> None:
    """Label the given places of a logarithmic axis, and none between."""
    axes.set_xticks(ticks, [str(tick) for tick in ticks])
    axes.minorticks_off()


def training(backpropagation: Run) -> Figure:
    """Training loss and test accuracy by epoch for the formulas and for autograd."""
    figure, (loss, accuracy) = plt.subplots(1, 2)
    for axes, series in ((loss, "train_loss"), (accuracy, "test_accuracy")):
        shade(axes, backpropagation.array(series), label="formulas", linewidth=4, alpha=0.5)
        shade(axes, backpropagation.array(f"autograd_{series}"), label="autograd", linestyle="--")
        axes.set(xlabel="epoch")
    loss.set(ylabel="training loss (nats)")
    accuracy.set(ylabel="test accuracy")
    loss.legend()
    return figure
