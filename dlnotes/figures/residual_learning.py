"""Figures of the chapter on residual learning."""

import math

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor
from torch.nn import functional as F

from dlnotes.figures import shade
from dlnotes.residual_learning import gradient_norms
from dlnotes.runs import Run

SETTINGS = {
    "sigmoid, $1/n$": (torch.sigmoid, 1.0),
    "ReLU, $1/n$": (torch.relu, 1.0),
    "ReLU, $2/n$": (torch.relu, 2.0),
    "ReLU, $4/n$": (torch.relu, 4.0),
}
KINDS = {"plain": "plain", "v1": "residual, v1", "v2": "residual, v2"}


def gradient_depth() -> Figure:
    """Gradient norm through 50 random layers for four initialisations, with the predicted lines."""
    figure, axes = plt.subplots()
    depth, width = 50, 100
    for i, (name, (activation, g)) in enumerate(SETTINGS.items()):
        curves, slopes = [], []
        for seed in range(10):
            generator = torch.Generator().manual_seed(seed)
            weights = (g / width) ** 0.5 * _normal(generator, depth, width, width)
            layers = [lambda h, W=W, f=activation: f(h @ W.T) for W in weights]
            x = _normal(generator, 32, width)
            curves.append(_relative_gradient(layers, x, generator))
            slopes.append(_mean_square_slope(activation, layers, weights, x))
        shade(axes, np.stack(curves), x=np.arange(depth + 1), label=name, color=f"C{i}")
        predicted = (g * np.mean(slopes)) ** ((depth - np.arange(depth + 1)) / 2)
        axes.plot(predicted, ":", color=plt.rcParams["text.color"], linewidth=1.2)
    axes.set(xlabel="layer $l$", ylabel="gradient norm, relative", yscale="log")
    axes.legend(loc="lower right")
    return figure


def activation(residual_learning_activation: Run) -> Figure:
    """Left: gradient of the weights by layer before training. Right: training loss of ten layers."""
    run = residual_learning_activation
    figure, (left, right) = plt.subplots(1, 2)
    for i, (name, label) in enumerate({"sigmoid": "sigmoid", "tanh": "tanh", "relu": "ReLU"}.items()):
        layers = run.array(f"{name}_gradient")
        shade(left, layers, x=np.arange(1, layers.shape[1] + 1), label=label, color=f"C{i}")
        loss = run.array(f"{name}_loss")
        shade(right, loss, x=np.arange(1, loss.shape[1] + 1), label=label, color=f"C{i}")
    left.set(xlabel="layer", ylabel=r"$\|\partial L/\partial W^{[l]}\|$", yscale="log", xticks=[1, 4, 7, 10])
    right.set(xlabel="epoch", ylabel="training loss (nats)", ylim=(0, 2.5), xticks=[1, 4, 7, 10])
    right.axhline(math.log(10), color="C5", linestyle=":")
    left.legend(loc="lower right")
    return figure


def batch_norm() -> Figure:
    """Left: loss and gradient against the scale of normalised weights. Right: gradients through depth."""
    figure, (left, right) = plt.subplots(1, 2)
    generator = torch.Generator().manual_seed(0)
    x, w, target = _normal(generator, 32, 5), _normal(generator, 5), _normal(generator, 32, 1)

    def loss(w: Tensor) -> Tensor:
        return F.mse_loss(_normalise((x @ w).unsqueeze(1)), target)

    scales = torch.logspace(-1, 1, 9, dtype=torch.float64)
    left.loglog(scales, [loss(a * w) for a in scales], "o-", label=r"$L(a\mathbf{w})$", markersize=4)
    left.loglog(
        scales, [torch.func.grad(loss)(a * w).norm() for a in scales], "s--", label=r"$\|\nabla L\|$", markersize=4
    )
    left.set(xlabel="$a$")
    left.legend(loc="lower left")

    depth, width = 40, 200
    for i, (name, skip) in enumerate((("plain", 0.0), (r"$\mathbf{x}+F(\mathbf{x})$", 1.0))):
        curves = []
        for seed in range(5):
            generator = torch.Generator().manual_seed(seed)
            weights = (2 / width) ** 0.5 * _normal(generator, depth, width, width)
            layers = [lambda h, W=W, c=skip: c * h + torch.relu(_normalise(h @ W.T)) for W in weights]
            curves.append(_relative_gradient(layers, _normal(generator, 256, width), generator))
        shade(right, np.stack(curves), x=np.arange(depth + 1), label=name, color=f"C{i}")
    theory = math.sqrt(math.pi / (math.pi - 1)) ** (depth - np.arange(depth + 1))
    right.plot(theory, ":", color=plt.rcParams["text.color"], linewidth=1.2)
    right.set(xlabel="layer $l$", ylabel="gradient norm, relative", yscale="log")
    right.legend()
    return figure


def smoothness(residual_learning_smoothness: Run) -> Figure:
    """Changes of loss and gradient along the gradient while training, and what each learning rate reaches."""
    run = residual_learning_smoothness
    figure = plt.figure(figsize=(6.0, 5.6))
    grid = figure.add_gridspec(2, 2)
    loss, gradient, reached = (figure.add_subplot(place) for place in (grid[0, 0], grid[0, 1], grid[1, :]))
    ways = {"none": "without", "bn": "BN", "noisy": "BN + noise"}
    steps = run.config["epochs"] * (run.config["samples"] // run.config["batch"])
    moments = steps // run.config["probes"] * np.arange(run.config["probes"])
    for i, (way, label) in enumerate(ways.items()):
        shade(loss, run.array(f"{way}_loss_change"), x=moments, label=label, color=f"C{i}")
        shade(gradient, run.array(f"{way}_gradient_change"), x=moments, label=label, color=f"C{i}")
        shade(reached, run.array(f"{way}_reached"), x=np.array(run.config["lrs"]), label=label, color=f"C{i}")
    loss.set(xlabel="step", ylabel=r"$|\Delta L|$ (nats)", yscale="log")
    gradient.set(xlabel="step", ylabel=r"$\kappa$", yscale="log")
    reached.set(xlabel=r"$\eta$", ylabel="training loss (nats)", xscale="log", ylim=(0, 4))
    reached.axhline(math.log(10), color="C5", linestyle=":")
    reached.legend(loc="upper left")
    return figure


def degradation(residual_learning: Run) -> Figure:
    """Training error by epoch for plain and residual networks of four depths, and at the end against depth."""
    run = residual_learning
    figure, panels = plt.subplots(2, 2, figsize=(6.0, 5.2), sharey=True)
    depths = run.config["depths"]
    for axes, (kind, label) in zip(panels.flat, KINDS.items(), strict=False):
        errors = run.array(f"{kind}_error")
        for i, depth in enumerate(depths):
            shade(axes, errors[:, i], x=np.arange(1, errors.shape[2] + 1), label=str(depth), color=f"C{i}")
        axes.set(title=label, xlabel="epoch", ylim=(0, 1), xticks=range(1, errors.shape[2] + 1))
    panels[1, 0].legend(title="layers", loc="upper right", ncols=2, fontsize=9, title_fontsize=9)
    last = panels[1, 1]
    for i, (kind, label) in enumerate(KINDS.items()):
        final = np.stack([run.result(f"{kind}_{depth}_train_error") for depth in depths], axis=1)
        shade(last, final, x=np.array(depths), label=label, color=f"C{i}")
    last.set(title="after training", xlabel="layers", xticks=depths)
    last.legend(loc="upper left", fontsize=9)
    for axes in panels[:, 0]:
        axes.set_ylabel("training error")
    return figure


def gradients_at_start(residual_learning: Run) -> Figure:
    """Gradient norm at every block before training, relative to the last."""
    figure, axes = plt.subplots()
    for i, (kind, label) in enumerate(KINDS.items()):
        norms = residual_learning.array(f"{kind}_gradient")
        shade(axes, norms / norms[:, -1:], x=np.arange(norms.shape[1]), label=label, color=f"C{i}")
    axes.set(xlabel="block", ylabel="gradient norm, relative", yscale="log")
    axes.legend()
    return figure


def state_growth() -> Figure:
    """Mean square of the states and gradient norms through 40 residual blocks with random weights."""
    figure, (left, right) = plt.subplots(1, 2)
    depth, width = 40, 100
    blocks = {
        r"$\alpha=1$": lambda x, W1, W2: x + _branch(x, W1, W2),
        r"$\alpha=1/\sqrt{L}$": lambda x, W1, W2: x + depth**-0.5 * _branch(x, W1, W2),
        "BN first": lambda x, W1, W2: x + torch.relu(_normalise(x)) @ W2.T,
    }
    for i, (name, block) in enumerate(blocks.items()):
        squares, gradients = [], []
        for seed in range(5):
            generator = torch.Generator().manual_seed(seed)
            first = width**-0.5 * _normal(generator, depth, width, width)
            second = (2 / width) ** 0.5 * _normal(generator, depth, width, width)
            layers = [lambda x, b=block, p=pair: b(x, *p) for pair in zip(first, second, strict=True)]
            x = _normal(generator, 256, width)
            gradients.append(_relative_gradient(layers, x, generator))
            states = [x]
            for layer in layers:
                states.append(layer(states[-1]))
            squares.append([state.square().mean().item() for state in states])
        shade(left, np.array(squares), x=np.arange(depth + 1), label=name, color=f"C{i}")
        shade(right, np.stack(gradients), x=np.arange(depth + 1), label=name, color=f"C{i}")
    place = np.arange(depth + 1)
    for predicted in (2.0**place, 1.0 + place):
        left.plot(predicted, ":", color=plt.rcParams["text.color"], linewidth=1.2)
    left.set(xlabel="block $l$", ylabel="$q^{[l]}$", yscale="log")
    right.set(xlabel="block $l$", ylabel="gradient norm, relative", yscale="log")
    left.legend(loc="upper left")
    return figure


def unnormalised(residual_learning_unnormalised: Run) -> Figure:
    """Training error without normalisation against depth."""
    run = residual_learning_unnormalised
    figure, axes = plt.subplots()
    depths = run.config["depths"]
    for i, (kind, label) in enumerate({"plain": "plain", "residual": "residual", "zero": "residual, $F=0$"}.items()):
        errors = np.stack([run.result(f"{kind}_{depth}_train_error") for depth in depths], axis=1)
        axes.plot(depths, errors.mean(axis=0), color=f"C{i}", label=label)
        axes.plot(depths, errors.T, "o", color=f"C{i}", markersize=4)
    axes.axhline(0.9, color="C5", linestyle=":")
    axes.set(xlabel="layers", ylabel="training error", xticks=depths, ylim=(0, 1))
    axes.legend(loc="lower center", ncols=3, fontsize=10)
    return figure


def preactivation(residual_learning_preactivation: Run) -> Figure:
    """Training error of both versions at 110 layers, from two starts."""
    figure, axes = plt.subplots()
    for version, color in (("v1", "C1"), ("v2", "C2")):
        for start, style in (("he", "-"), ("zero", "--")):
            errors = residual_learning_preactivation.array(f"{version}_{start}_error")
            label = version if start == "he" else f"{version}, $F=0$"
            shade(axes, errors, x=np.arange(1, errors.shape[1] + 1), label=label, color=color, linestyle=style)
    axes.set(xlabel="epoch", ylabel="training error", ylim=(0, 1))
    axes.legend(ncols=2)
    return figure


def blocks() -> Figure:
    """The two residual blocks as diagrams."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(6.0, 4.6))
    _diagram(left, "v1", ("conv 3×3", "BN", "ReLU", "conv 3×3", "BN"), after=True)
    _diagram(right, "v2", ("BN", "ReLU", "conv 3×3", "BN", "ReLU", "conv 3×3"), after=False)
    return figure


def _diagram(axes: Axes, title: str, branch: tuple[str, ...], after: bool) -> None:
    ink = plt.rcParams["text.color"]
    arrow = {"arrowstyle": "-|>", "color": ink}
    box = {"boxstyle": "round,pad=0.3", "facecolor": plt.rcParams["axes.facecolor"]}
    top, total = 9.0, 6.2
    height = total / len(branch)
    axes.annotate("", (0, 1.9), (0, top + 0.5), arrowprops=arrow)
    axes.annotate("", (0, 0.0), (0, 1.5), arrowprops=arrow)
    for i, name in enumerate(branch):
        colour = "C0" if name.startswith("conv") else "C1" if name == "ReLU" else "C2"
        axes.text(0, top - 0.7 - i * height, name, ha="center", va="center", bbox=box | {"edgecolor": colour})
    axes.plot([0, 1.6, 1.6], [top + 0.1, top + 0.1, 1.7], color="C3", linewidth=2)
    axes.annotate("", (0.25, 1.7), (1.62, 1.7), arrowprops=arrow | {"color": "C3", "linewidth": 2})
    axes.text(0, 1.7, "+", ha="center", va="center", bbox=box | {"edgecolor": ink, "boxstyle": "circle,pad=0.2"})
    if after:
        axes.text(0, 0.75, "ReLU", ha="center", va="center", bbox=box | {"edgecolor": "C1"})
    axes.text(0.2, top + 0.5, r"$\mathbf{x}$", va="center")
    axes.text(0.2, 0.0, r"$\mathbf{y}$", va="center")
    axes.set(title=title, xlim=(-1.4, 2.2), ylim=(-0.3, 10))
    axes.axis("off")


def _normal(generator: torch.Generator, *shape: int) -> Tensor:
    return torch.randn(shape, generator=generator, dtype=torch.float64)


def _normalise(z: Tensor) -> Tensor:
    return F.batch_norm(z, None, None, training=True, eps=1e-12)


def _branch(x: Tensor, first: Tensor, second: Tensor) -> Tensor:
    return torch.relu(x @ first.T) @ second.T


def _relative_gradient(layers: list, x: Tensor, generator: torch.Generator) -> np.ndarray:
    """Norm of the gradient of a random linear loss at every layer, relative to the last."""
    direction = _normal(generator, *x.shape)
    norms = gradient_norms(layers, x, lambda h: (h * direction).sum())
    return (norms / norms[-1]).numpy()


def _mean_square_slope(activation, layers: list, weights: Tensor, x: Tensor) -> float:
    """Mean of φ′(z)² over units, samples and all layers."""
    means = []
    for layer, weight in zip(layers, weights, strict=True):
        z = (x @ weight.T).requires_grad_()
        (slope,) = torch.autograd.grad(activation(z).sum(), z)
        means.append(slope.square().mean().item())
        x = layer(x)
    return float(np.exp(np.mean(np.log(means))))
