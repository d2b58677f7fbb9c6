"""Figures of the chapter on the multilayer perceptron."""

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Ellipse, FancyArrowPatch, Rectangle

from dlnotes.figures import sequential, shade
from dlnotes.multilayer_perceptron import (
    curve,
    gelu,
    interpolation_network,
    leaky_relu,
    mlp,
    relu,
    sawtooth_network,
    sigmoid,
    silu,
    staircase_network,
    tanh,
)
from dlnotes.runs import Run


def neuron() -> Figure:
    """Above: a nerve cell, simplified. Below: the formula in the same order."""
    figure, (cell, unit) = plt.subplots(2, 1, figsize=(6.0, 3.9))
    ink = plt.rcParams["text.color"]
    for height in (0.85, 0.5, 0.15):
        cell.plot([0.3, 1.2, 2.25], [height, height, 0.5], color="C0", linewidth=2, solid_capstyle="round")
        cell.plot([0.05, 0.3], [height + 0.07, height], color="C0", linewidth=1.5)
        cell.plot([0.05, 0.3], [height - 0.07, height], color="C0", linewidth=1.5)
    cell.add_patch(Ellipse((2.6, 0.5), 0.9, 0.55, facecolor="C5", alpha=0.5))
    cell.plot([3.05, 5.0], [0.5, 0.5], color="C1", linewidth=3)
    for end in (0.3, 0.5, 0.7):
        cell.plot([5.0, 5.5], [0.5, end], color="C1", linewidth=1.5)
    for x, y, text, colour in ((0.7, 1.02, "dendrites", "C0"), (2.6, 0.92, "soma", ink), (4.1, 0.62, "axon", "C1")):
        cell.text(x, y, text, color=colour, ha="center")

    for height, name in ((0.85, "1"), (0.5, "2"), (0.15, "n")):
        unit.text(0.15, height, f"$x_{name}$", ha="center", va="center")
        _arrow(unit, (0.35, height), (2.3, 0.5 + 0.3 * (height - 0.5)), "C0")
        unit.text(1.1, height + (0.06 if height > 0.4 else -0.13), f"$w_{name}$", color="C0", ha="center")
    unit.text(0.15, 0.33, r"$\vdots$", ha="center", va="center")
    unit.add_patch(Ellipse((2.6, 0.5), 0.62, 0.5, facecolor="C5", alpha=0.5))
    unit.text(2.6, 0.5, r"$\Sigma$", ha="center", va="center", fontsize=15)
    _arrow(unit, (2.6, 1.02), (2.6, 0.76), ink)
    unit.text(2.6, 1.05, "$b$", ha="center")
    _arrow(unit, (2.93, 0.5), (3.7, 0.5), ink)
    unit.text(3.3, 0.57, "$z$", ha="center")
    unit.add_patch(Rectangle((3.72, 0.3), 0.6, 0.4, facecolor="none", edgecolor=ink))
    unit.text(4.02, 0.5, "$h$", ha="center", va="center")
    _arrow(unit, (4.34, 0.5), (5.2, 0.5), "C1")
    unit.text(5.35, 0.5, "$a$", ha="center", va="center", color="C1")
    for axes in (cell, unit):
        axes.set(xlim=(-0.05, 5.6), ylim=(0, 1.18))
        axes.axis("off")
    return figure


def hyperplane() -> Figure:
    """The line z = 0 of a unit: moved by its bias, turned by its weights, and unmoved by a common factor."""
    figure, panels = plt.subplots(1, 3, figsize=(6.0, 2.5), sharey=True)
    shift, turn, scale = panels
    for i, bias in enumerate((-1.0, -0.2, 0.6)):
        _line(shift, (0.8, 0.2), bias, 0.0, color=f"C{i}")
        place = (-bias + 0.2 * 1.7) / 0.8, -1.7
        shift.annotate(f"${bias}$", place, (-3, 0), textcoords="offset points", ha="right", color=f"C{i}", fontsize=10)
    for i, weight in enumerate(((0.8, 0.2), (0.5, 0.7), (-0.4, 0.6))):
        _line(turn, weight, -0.2, 0.0, color=f"C{i}")
        unit = np.array(weight) / np.hypot(*weight)
        foot = 0.2 * unit / np.hypot(*weight)
        turn.annotate("", foot + 0.9 * unit, foot, arrowprops={"arrowstyle": "->", "color": f"C{i}"})
    for factor, colour in ((1, "C5"), (2, plt.rcParams["text.color"])):
        for level in (-1.0, 0.0, 1.0):
            _line(scale, (0.8 * factor, 0.2 * factor), -0.2 * factor, level, color=colour)
    for axes in panels:
        axes.set(xlabel="$x_1$", xlim=(-2, 2), ylim=(-2, 2.6), aspect="equal")
    shift.set_ylabel("$x_2$")
    for axes, title in zip(panels, ("$b$", r"$\mathbf{w}$", r"$c\,\mathbf{w},\ c\,b$"), strict=True):
        axes.set_title(title)
    return figure


def _line(axes: Axes, weight: tuple[float, float], bias: float, level: float, **style) -> None:
    """The points with w·x + b = level, dashed unless the level is 0."""
    along = np.array([-weight[1], weight[0]]) / np.hypot(*weight)
    foot = (level - bias) * np.array(weight) / np.dot(weight, weight)
    axes.plot(*np.stack([foot - 5 * along, foot + 5 * along]).T, "--" if level else "-", linewidth=1.5, **style)


def perceptron(multilayer_perceptron_perceptron: Run) -> Figure:
    """Mistakes against the margin in two numbers of dimensions, and the bound."""
    config = multilayer_perceptron_perceptron.config
    figure, axes = plt.subplots()
    mistakes = multilayer_perceptron_perceptron.array("mistakes")
    margins = np.array(config["margins"])
    for i, (dimension, style) in enumerate(zip(config["dimensions"], ("-", "-."), strict=True)):
        shade(axes, mistakes[:, i], margins, linestyle=style, marker="o", color=f"C{i}", label=f"$d={dimension}$")
    axes.plot(margins, margins**-2, "--", color=plt.rcParams["text.color"], label=r"$1/\gamma^2$")
    axes.set(xscale="log", yscale="log", xlabel=r"$\gamma$", ylabel="mistakes")
    axes.legend(loc="upper right")
    return figure


def xor() -> Figure:
    """Left: the network over the plane. Right: the four points as the hidden units see them."""
    figure, (plane, hidden) = plt.subplots(1, 2)
    line = torch.linspace(-0.4, 1.4, 46)
    x1, x2 = torch.meshgrid(line, line, indexing="xy")
    values = relu(x1 + x2) - 2 * relu(x1 + x2 - 1)
    levels = np.linspace(0, 1, 9)
    plane.contourf(line, line, values.clamp(min=0), levels=levels, cmap=sequential(), alpha=0.6)
    plane.contour(line, line, values, levels=[0.5], colors=[plt.rcParams["text.color"]], linestyles="--")
    points = torch.tensor([[0.0, 0], [0, 1], [1, 0], [1, 1]])
    classes = torch.tensor([0, 1, 1, 0])
    total = points.sum(dim=1)
    seen = torch.stack([relu(total), relu(total - 1)], dim=1)
    for axes, places in ((plane, points), (hidden, seen)):
        for label, marker, colour in ((0, "o", "C0"), (1, "D", "C1")):
            axes.plot(*places[classes == label].T, marker, color=colour, markersize=9)
    hidden.plot([0.5, 2.5], [0.0, 1.0], "--", color=plt.rcParams["text.color"])  # a1 - 2 a2 = 1/2
    plane.set(xlabel="$x_1$", ylabel="$x_2$", aspect="equal", xticks=[0, 1], yticks=[0, 1])
    hidden.set(xlabel="$a_1$", ylabel="$a_2$", xlim=(-0.4, 2.5), ylim=(-0.4, 1.4), xticks=[0, 1, 2], yticks=[0, 1])
    return figure


def regions(multilayer_perceptron_regions: Run) -> Figure:
    """What four networks make of the plane around two spirals."""
    names = ["linear", *(f"relu_{n}" for n in multilayer_perceptron_regions.config["hidden"])]
    titles = [f"linear × {multilayer_perceptron_regions.config['linear_layers']}"]
    titles += [f"ReLU × {n}" for n in multilayer_perceptron_regions.config["hidden"]]
    x, y = (multilayer_perceptron_regions.array(name)[:120] for name in ("x", "y"))
    figure, panels = plt.subplots(2, 2, figsize=(6.0, 6.0), sharex=True, sharey=True)
    for axes, name, title in zip(panels.flat, names, titles, strict=True):
        classes = multilayer_perceptron_regions.array(f"{name}_class")
        line = np.linspace(-1.2, 1.2, len(classes))
        axes.contourf(line, line, classes.T, levels=[-0.5, 0.5, 1.5], colors=["C0", "C1"], alpha=0.3)
        for label, marker, colour in ((0, "o", "C0"), (1, "D", "C1")):
            axes.plot(*x[y == label].T, marker, color=colour, markersize=2.5)
        axes.set(title=title, aspect="equal", xticks=[-1, 0, 1], yticks=[-1, 0, 1])
    for axes in panels[1]:
        axes.set_xlabel("$x_1$")
    for axes in panels[:, 0]:
        axes.set_ylabel("$x_2$")
    return figure


def activations() -> Figure:
    """Sigmoid, tanh, ReLU and a misprinted tanh; slopes of the first three."""
    figure, panels = _values_and_slopes({"sigmoid": sigmoid, "tanh": tanh, "ReLU": relu})
    z = torch.linspace(-4, 4, 161)
    panels[0].plot(z, 1 / (2 * z.cosh()), ":", color="C5")
    panels[0].set(ylim=(-1.2, 2.2))
    panels[1].set(ylim=(-0.05, 1.1), yticks=[0, 0.25, 0.5, 0.75, 1])
    return figure


def rectifiers() -> Figure:
    """Leaky ReLU, GELU and SiLU, and their slopes."""
    figure, panels = _values_and_slopes({"leaky": lambda z: leaky_relu(z, 0.1), "GELU": gelu, "SiLU": silu})
    panels[0].set(ylim=(-0.6, 2.2))
    panels[1].set(ylim=(-0.2, 1.2))
    return figure


def _values_and_slopes(functions: dict) -> tuple[Figure, np.ndarray]:
    """A figure with the functions on the left and their slopes by autograd on the right, and its two axes."""
    figure, panels = plt.subplots(1, 2)
    z = torch.linspace(-4, 4, 162, requires_grad=True)  # an even number, so that 0 is not among them
    for (name, function), style in zip(functions.items(), ("-", "--", "-."), strict=True):
        a = function(z)
        (slope,) = torch.autograd.grad(a.sum(), z)
        panels[0].plot(z.detach(), a.detach(), style, label=name)
        panels[1].plot(z.detach(), slope, style)
    panels[0].set(xlabel="$z$", ylabel="$h(z)$")
    panels[1].set(xlabel="$z$", ylabel="$h′(z)$")
    for axes in panels:
        axes.grid()
        axes.set_xticks([-4, -2, 0, 2, 4])
    panels[0].legend(loc="upper left")
    return figure, panels


def dying(multilayer_perceptron_dying: Run) -> Figure:
    """Share of units that are off: against the learning rate, and from a bad start against the epoch."""
    run = multilayer_perceptron_dying
    config = run.config
    figure, (rates, epochs) = plt.subplots(1, 2, sharey=True)
    for i, (name, slope) in enumerate(zip(("relu", "leaky", "leakier"), config["negative_slopes"], strict=True)):
        line = {"linestyle": ("-", "--", "-.")[i], "marker": "o", "markersize": 4, "color": f"C{i}"}
        off = np.where(run.array(f"{name}_diverged"), np.nan, run.array(f"{name}_off"))
        shade(rates, off, config["lrs"], label=rf"$\alpha={slope:g}$", **line)
        share = run.array(f"{name}_bad_off")
        shade(epochs, share, np.arange(share.shape[1]), **line)
    rates.set(xscale="log", xlabel=r"$\eta$", ylabel="share of units off", ylim=(-0.03, 1))
    epochs.set(xlabel="epoch", title=f"$b={config['shift']:g}$")
    rates.set_title("$b=0$")
    rates.legend(loc="upper left")
    return figure


def shapes() -> Figure:
    """The matrices of a layer for a batch, drawn to scale; what makes one entry of the result is filled."""
    samples, inputs, units = 5, 2, 3
    figure, axes = plt.subplots(figsize=(6.0, 2.6))
    blocks = [  # name, rows, columns, left edge, filled row, filled column
        (r"$\mathbf{Z}$", samples, units, 0.0, 1, 2),
        (r"$\mathbf{X}$", samples, inputs, 4.6, 1, None),
        (r"$\mathbf{W}^\top$", inputs, units, 7.4, None, 2),
        (r"$\mathbf{1}$", samples, 1, 12.0, 1, None),
        (r"$\mathbf{b}^\top$", 1, units, 13.7, None, 2),
    ]
    for name, rows, columns, left, row, column in blocks:
        bottom = (samples - rows) / 2
        for i in range(rows):
            for j in range(columns):
                filled = (row is None or i == row) and (column is None or j == column)
                place = (left + j, bottom + rows - 1 - i)
                axes.add_patch(Rectangle(place, 1, 1, facecolor="C1" if filled else "none", alpha=0.5))
                axes.add_patch(Rectangle(place, 1, 1, facecolor="none", edgecolor=plt.rcParams["text.color"]))
        axes.text(left + columns / 2, bottom + rows + 0.25, name, ha="center")
        axes.text(left + columns / 2, bottom - 0.75, rf"${rows}\times{columns}$", ha="center")
    for x, sign in ((3.8, "$=$"), (11.2, "$+$")):
        axes.text(x, samples / 2, sign, ha="center", va="center", fontsize=16)
    axes.set(xlim=(-0.2, 17), ylim=(-0.9, samples + 1.1), aspect="equal")
    axes.axis("off")
    return figure


def forward() -> Figure:
    """The tiny classifier's forward pass on its graph."""
    w1 = torch.tensor([[0.5, -0.3], [0.8, 0.2], [-0.4, 0.6]])
    w2 = torch.tensor([[0.7, -0.5, 0.2], [-0.6, 0.4, 0.9]])
    x, b1, b2 = torch.tensor([1.0, 2.0]), torch.tensor([0.1, -0.2, 0.3]), torch.tensor([0.0, 0.1])
    z1 = (w1 @ x + b1).round(decimals=6) + 0.0  # rounding leaves a negative zero
    a1 = sigmoid(z1)
    z2 = w2 @ a1 + b2
    probabilities = torch.softmax(z2, dim=0)
    columns = [
        [(0.0, height, f"{value:g}") for height, value in zip((1.5, 0.5), x, strict=True)],
        [(2.0, 2.0 - j, f"{z1[j]:.2f}\n{a1[j]:.2f}") for j in range(3)],
        [(4.0, 1.5 - k, f"{z2[k]:.2f}\n{probabilities[k]:.2f}") for k in range(2)],
    ]
    figure, axes = plt.subplots(figsize=(6.0, 3.9))
    for weights, starts, ends in ((w1, *columns[:2]), (w2, *columns[1:])):
        for j, (x_end, y_end, _) in enumerate(ends):
            for k, (x_start, y_start, _) in enumerate(starts):
                weight = weights[j, k].item()
                colour = "C1" if weight > 0 else "C0"
                axes.plot([x_start, x_end], [y_start, y_end], color=colour, linewidth=4 * abs(weight), zorder=1)
                share = 0.23  # near the start, where the edges are apart
                axes.text(
                    x_start + share * (x_end - x_start), y_start + share * (y_end - y_start), f"{weight:g}",
                    ha="center", va="center", fontsize=10,
                    bbox={"facecolor": plt.rcParams["axes.facecolor"], "edgecolor": "none", "pad": 0.5},
                )  # fmt: skip
    for x_place, y_place, text in (unit for column in columns for unit in column):
        face = plt.rcParams["axes.facecolor"]
        axes.add_patch(Circle((x_place, y_place), 0.3, facecolor=face, edgecolor=plt.rcParams["text.color"], zorder=2))
        axes.text(x_place, y_place, text, ha="center", va="center", fontsize=11, zorder=3)
    names = [r"$\mathbf{x}$", r"$\mathbf{z}^{[1]},\ \mathbf{a}^{[1]}$", r"$\mathbf{z}^{[2]},\ \hat{\mathbf{y}}$"]
    for x_place, name in zip((0, 2, 4), names, strict=True):
        axes.text(x_place, 2.5, name, ha="center")
    axes.set(xlim=(-0.4, 4.4), ylim=(-0.4, 2.7), aspect="equal")
    axes.axis("off")
    return figure


def pairing() -> Figure:
    """Derivative of two losses by the score of a sigmoid unit whose target is 1."""
    z = torch.linspace(-8, 8, 161)
    a = sigmoid(z)
    figure, axes = plt.subplots(figsize=(6.0, 3.0))
    axes.plot(z, a - 1, label="cross entropy")
    axes.plot(z, (a - 1) * a * (1 - a), "--", label=r"$\frac{1}{2}(a-y)^2$")
    axes.set(xlabel="$z$", ylabel=r"$\partial L/\partial z$")
    axes.grid()
    axes.legend(loc="lower right")
    return figure


def approximation() -> Figure:
    """The curve and networks made by hand: staircases of sigmoids above, straight pieces of ReLUs below."""
    figure, panels = plt.subplots(2, 3, figsize=(6.0, 3.9), sharex=True, sharey=True)
    x = torch.linspace(0, 1, 401, dtype=torch.float64)
    for column, units in enumerate((4, 16, 64)):
        made = (_staircase(units, 30.0), sigmoid, "C0"), (_pieces(units), relu, "C1")
        for axes, (network, activation, colour) in zip(panels[:, column], made, strict=True):
            axes.plot(x, curve(x), color="C5", linewidth=3, alpha=0.6)
            axes.plot(x, mlp(x.unsqueeze(1), *network, activation).squeeze(1), color=colour, linewidth=1.3)
        panels[0, column].set_title(f"$n={units}$")
        panels[1, column].set(xlabel="$x$", xticks=[0, 0.5, 1])
    panels[0, 0].set_ylabel(r"$\sigma$")
    panels[1, 0].set_ylabel("ReLU")
    return figure


def _staircase(units: int, sharpness: float) -> tuple[list, list]:
    """The curve by cells of one width; steepness in units of the number of cells."""
    cells = units + 1
    edges = torch.arange(1, cells, dtype=torch.float64) / cells
    middles = (torch.arange(cells, dtype=torch.float64) + 0.5) / cells
    return staircase_network(edges, curve(middles), steepness=sharpness * cells)


def _pieces(units: int) -> tuple[list, list]:
    knots = torch.linspace(0, 1, units + 1, dtype=torch.float64)
    return interpolation_network(knots, curve(knots))


def approximation_error(multilayer_perceptron_approximation: Run) -> Figure:
    """Left: largest error against the width. Right: the curve and trained networks."""
    run = multilayer_perceptron_approximation
    figure, (errors, curves) = plt.subplots(1, 2)
    x = torch.linspace(0, 1, 4001, dtype=torch.float64)
    widths = np.array([4, 8, 16, 32, 64, 128, 256])
    for name, activation, colour, style in (("staircase", sigmoid, "C0", "-"), ("ReLU", relu, "C1", "--")):
        networks = [_staircase(n, 3.0) if activation is sigmoid else _pieces(n) for n in widths.tolist()]
        largest = [(mlp(x.unsqueeze(1), *net, activation).squeeze(1) - curve(x)).abs().max() for net in networks]
        errors.loglog(widths, largest, style, marker="o", markersize=4, color=colour, label=name)
    errors.loglog(widths, 16.5 * np.pi**2 / (8 * widths**2), ":", color=plt.rcParams["text.color"])
    shade(
        errors, run.array("trained_error"), run.config["widths"],
        linestyle="-.", marker="s", markersize=4, color="C2", label="trained",
    )  # fmt: skip
    errors.set(xlabel="$n$", ylabel="largest error")
    errors.legend(loc="lower left")
    points = torch.linspace(0, 1, run.config["curve_points"])
    curves.plot(points, curve(points), color="C5", linewidth=3, alpha=0.6)
    curves.plot(points, run.array("curves").T, color="C2", linewidth=1, alpha=0.8)
    curves.set(xlabel="$x$", title=f"$n={run.config['curve_width']}$")
    return figure


def sawtooth() -> Figure:
    """The tent, put into itself."""
    figure, panels = plt.subplots(1, 3, figsize=(6.0, 2.3), sharey=True)
    x = torch.linspace(0, 1, 257)
    for axes, depth in zip(panels, (1, 2, 4), strict=True):
        axes.plot(x, mlp(x.unsqueeze(1), *sawtooth_network(depth)).squeeze(1))
        axes.set(xlabel="$x$", title=f"$k={depth}$", xticks=[0, 0.5, 1], yticks=[0, 1])
    panels[0].set_ylabel("$m_k(x)$")
    return figure


def growth() -> Figure:
    """Parameters of one layer against the side of the image."""
    side = np.logspace(1, 3, 50)
    channels, units, kernel = 3, 64, 3
    curves = {
        r"$P_{\mathrm{maps}}$": units * side**2 * (channels * side**2 + 1),
        r"$P_{\mathrm{full}}$": units * (channels * side**2 + 1),
        r"$P_{\mathrm{conv}}$": np.full_like(side, units * (channels * kernel**2 + 1)),
    }
    figure, axes = plt.subplots()
    for (label, count), style in zip(curves.items(), ("-.", "--", "-"), strict=True):
        axes.loglog(side, count, style, label=label)
    axes.axhline(1e9, color="C5", linewidth=1, linestyle=":")
    axes.set(xlabel="$s$ (pixels)", ylabel="parameters")
    axes.legend(loc="upper left")
    return figure


def training(multilayer_perceptron: Run) -> Figure:
    """Training loss and accuracy on the random test fifth."""
    figure, (loss, accuracy) = plt.subplots(1, 2)
    names = {"single": "linear", "linear": "linear × 2", "relu": "ReLU"}
    for i, ((name, label), style) in enumerate(zip(names.items(), (":", "--", "-"), strict=True)):
        shade(loss, multilayer_perceptron.array(f"{name}_loss"), color=f"C{i}", linestyle=style, label=label)
        shade(accuracy, multilayer_perceptron.array(f"{name}_accuracy"), color=f"C{i}", linestyle=style)
    loss.set(xlabel="epoch", ylabel="train loss (nats)", yscale="log")
    accuracy.set(xlabel="epoch", ylabel="test accuracy", ylim=(0.9, 1))
    loss.legend(loc="upper right")
    return figure


def _arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float], colour: str) -> None:
    axes.add_patch(FancyArrowPatch(start, end, arrowstyle="-|>", mutation_scale=11, color=colour, shrinkA=0, shrinkB=0))
