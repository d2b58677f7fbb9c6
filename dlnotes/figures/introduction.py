"""Figures of the introduction."""

import math
from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Circle

from dlnotes.figures import diverging, sequential, shade
from dlnotes.introduction import alexnet_cost, googlenet_cost, resnet152_cost
from dlnotes.runs import Run


def learning() -> Figure:
    """Left: the line after 0, 3, 10 and 100 steps. Right: its risk after every step."""
    generator = np.random.default_rng(0)
    x = np.linspace(-1, 1, 50)
    y = 0.5 * x + 1 + 0.1 * generator.standard_normal(50)
    design = np.stack([x, np.ones_like(x)], axis=1)
    path = [np.zeros(2)]
    for _ in range(100):
        path.append(path[-1] - 0.1 * 2 / len(x) * design.T @ (design @ path[-1] - y))
    figure, (fit, risk) = plt.subplots(1, 2)
    fit.plot(x, y, ".", color="C5", markersize=4)
    for shade_of, step in zip((0.3, 0.5, 0.75, 1.0), (0, 3, 10, 100), strict=True):
        fit.plot(x, design @ path[step], color="C0", alpha=shade_of)
        fit.annotate(f"$t={step}$", (1.03, design[-1] @ path[step]), va="center", fontsize=10)
    fit.set(xlabel="$x$", ylabel="$y$", xlim=(-1.05, 1.5))
    risk.semilogy([np.mean((design @ parameters - y) ** 2) for parameters in path], color="C1")
    risk.set(xlabel="step $t$", ylabel="risk")
    return figure


def feedback() -> Figure:
    """The same points with the signal of each kind of learning."""
    generator = np.random.default_rng(0)
    labels = np.repeat(np.arange(3), 40)
    x = np.array([[-2, 0], [2, 0], [0, 3]])[labels] + 0.6 * generator.standard_normal((120, 2))
    figure, panels = plt.subplots(2, 2, figsize=(6.0, 5.0), sharex=True, sharey=True)
    supervised, unsupervised, self_supervised, reinforcement = panels.flat
    for k, marker in enumerate("os^"):
        supervised.plot(*x[labels == k].T, marker, color=f"C{k}", markersize=4)
    unsupervised.plot(*x.T, ".", color="C5")
    self_supervised.plot(*x.T, ".", color="C5", alpha=0.35)
    self_supervised.plot(x[:, 0], np.full(120, -1.8), "|", color="C0")
    self_supervised.annotate(
        "", x[85], (x[85, 0], -1.8), arrowprops={"arrowstyle": "->", "color": "C1", "linewidth": 1.8}
    )
    reinforcement.plot(*x.T, ".", color="C5", alpha=0.35)
    for centre, reward in zip(([-2, 0], [2, 0], [0, 3]), ("0.2", "0.5", "0.9"), strict=True):
        reinforcement.text(*centre, f"$r={reward}$", ha="center", va="center", color="C1", fontsize=12)
    titles = ("supervised: $(x, y)$", "unsupervised: $x$", "self-supervised: $x_1 \\to x_2$", "reinforcement: $r$")
    for axes, title in zip(panels.flat, titles, strict=True):
        axes.set(title=title, xlim=(-4, 4), ylim=(-2.2, 5))
    for axes in panels[1]:
        axes.set_xlabel("$x_1$")
    for axes in panels[:, 0]:
        axes.set_ylabel("$x_2$")
    return figure


FIELDS = (  # name, centre and radius of its disc: each lies within the one before
    ("artificial intelligence", (0.0, 0.0), 1.0),
    ("machine learning", (0.12, -0.12), 0.76),
    ("representation learning", (0.22, -0.22), 0.54),
    ("deep learning", (0.3, -0.3), 0.33),
)


def fields() -> Figure:
    """Four nested discs with an example of each that is not in the next."""
    examples = ("search in games, logic", "trees on given features", "PCA", "deep networks")
    figure, axes = plt.subplots(figsize=(6.0, 3.6))
    for i, ((name, centre, radius), example) in enumerate(zip(FIELDS, examples, strict=True)):
        axes.add_patch(Circle(centre, radius, facecolor="C0", alpha=0.14, edgecolor="none"))
        axes.add_patch(Circle(centre, radius, facecolor="none", edgecolor="C0", linewidth=1.4))
        start = (centre[0] + radius * math.cos(0.9), centre[1] + radius * math.sin(0.9))
        place = (1.25, 0.72 - 0.48 * i)
        axes.annotate(f"{name}\n", place, fontsize=12, va="center", annotation_clip=False)
        axes.annotate(f"\n{example}", place, fontsize=10, va="center", color="C5", annotation_clip=False)
        axes.plot([start[0], place[0] - 0.05], [start[1], place[1]], color="C5", linewidth=0.8)
    axes.set(xlim=(-1.05, 2.75), ylim=(-1.05, 1.05), aspect="equal")
    axes.axis("off")
    return figure


def representations(introduction_rings: Run) -> Figure:
    """The rings in coordinates, in polar coordinates and through three learned units."""
    (radius, angle), classes = introduction_rings.array("points").T, introduction_rings.array("classes")
    features, weights = introduction_rings.array("features"), introduction_rings.array("weights")
    along = features @ weights / np.linalg.norm(weights)
    rest = features - np.outer(along, weights / np.linalg.norm(weights))
    across = rest @ np.linalg.svd(rest - rest.mean(0))[2][0]
    views = (
        (radius * np.cos(angle), radius * np.sin(angle), "$x$", "$y$"),
        (radius, angle, "$r$", r"$\vartheta$"),
        (along, across, r"$\mathbf{w}^\top\mathbf{h}/\Vert\mathbf{w}\Vert$", r"$\mathbf{h}$, across"),
    )
    figure, panels = plt.subplots(1, 3, figsize=(6.0, 2.4))
    for axes, (u, v, xlabel, ylabel) in zip(panels, views, strict=True):
        for k, marker in enumerate("o^"):
            axes.plot(u[classes == k], v[classes == k], marker, color=f"C{k}", markersize=3)
        axes.set(xlabel=xlabel, ylabel=ylabel, xticks=[], yticks=[])
    return figure


def baselines(introduction_baselines: Run) -> Figure:
    """Test accuracy of four learners on three data sets, every seed a point."""
    learners = {"linear_svm": "linear SVM", "tree": "tree", "forest": "forest", "mlp": "MLP"}
    figure, panels = plt.subplots(1, 3, figsize=(6.0, 2.8), sharey=True)
    for axes, name in zip(panels, ("penguins", "digits", "rings"), strict=True):
        for row, learner in enumerate(learners):
            values = introduction_baselines.result(f"{name}_{learner}")
            axes.plot(values, np.full(len(values), row), "o", color=f"C{row}", markersize=4, alpha=0.6)
            axes.plot(values.mean(), row, "|", color=plt.rcParams["text.color"], markersize=14)
        axes.set(title=name, xlabel="accuracy", ylim=(3.5, -0.5))
        axes.grid(axis="x")
    panels[0].set_yticks(range(4), learners.values())
    return figure


def sawtooth() -> Figure:
    """The tooth applied once, twice, three and four times."""
    x = np.linspace(0, 1, 257)
    y = x
    figure, panels = plt.subplots(1, 4, figsize=(6.0, 1.9), sharey=True)
    for depth, axes in enumerate(panels, 1):
        y = 1 - np.abs(2 * y - 1)
        axes.plot(x, y, color="C0")
        axes.set(title=f"$L={depth}$", xlabel="$x$", xticks=[0, 1])
    panels[0].set(ylabel="$y$", yticks=[0, 1])
    return figure


def network() -> Figure:
    """A network of three layers with its shapes and parameter counts."""
    widths = (4, 5, 3, 2)
    figure, axes = plt.subplots(figsize=(6.0, 3.2))
    places = [[(2.0 * layer, (n - 1) / 2 - i) for i in range(n)] for layer, n in enumerate(widths)]
    for before, after in pairwise(places):
        for start in before:
            for end in after:
                axes.plot(*zip(start, end, strict=True), color="C5", linewidth=0.6, zorder=0)
    for layer, column in enumerate(places):
        axes.plot(*zip(*column, strict=True), "o", color="C5" if layer == 0 else "C0", markersize=13)
    names = ("input", "layer 1\nhidden", "layer 2\nhidden", "layer 3\noutput")
    for layer, (name, width) in enumerate(zip(names, widths, strict=True)):
        axes.text(2.0 * layer, -2.75, f"{name}\n$n_{layer}={width}$", ha="center", va="top", fontsize=11)
    for layer in (1, 2, 3):
        count = f"$({widths[layer - 1]}+1)\\cdot{widths[layer]}$"
        axes.text(2.0 * layer - 1, 2.6, count, ha="center", fontsize=11)
    axes.set(xlim=(-0.6, 6.6), ylim=(-4.6, 3.0))
    axes.axis("off")
    return figure


def filters(introduction: Run) -> Figure:
    """Top row: first-layer filters. Below: the patches of test digits that excite each of them most."""
    kernels, patches = introduction.array("filters"), introduction.array("patches")
    rows = 1 + patches.shape[1]
    figure, panels = plt.subplots(rows, len(kernels), figsize=(6.0, 5.2))
    limit = np.abs(kernels).max()
    for column, kernel in enumerate(kernels):
        _image(panels[0, column], kernel, diverging(), -limit, limit)
        for row, patch in enumerate(patches[column], 1):
            _image(panels[row, column], patch, sequential(), 0, 1)
        panels[0, column].set_title(f"{column + 1}")
    return figure


def _image(axes, pixels, colours, low: float, high: float) -> None:
    axes.pcolormesh(pixels, cmap=colours, vmin=low, vmax=high)
    axes.set(aspect="equal", xticks=[], yticks=[])
    axes.invert_yaxis()
    axes.spines[:].set_visible(True)
    axes.spines[:].set_linewidth(0.5)


def addition(introduction_addition: Run) -> Figure:
    """Left: loss on held-out additions with the best possible one. Right: share of sums written rightly."""
    every = introduction_addition.config["every"]
    steps = every * np.arange(introduction_addition.array("loss").shape[1])
    figure, (loss, right) = plt.subplots(1, 2)
    shade(loss, introduction_addition.array("loss"), x=steps)
    loss.axhline(3 * math.log(10) / 8, color="C1", linestyle="--", label=r"$\frac{3}{8}\log 10$")
    loss.set(xlabel="step", ylabel="loss (nats per character)", ylim=(0.5, None))
    loss.legend()
    shade(right, introduction_addition.array("right"), x=steps, color="C2")
    right.set(xlabel="step", ylabel="share of right sums", ylim=(0, 1.02))
    return figure


def inductive_bias(introduction: Run) -> Figure:
    """Accuracy of both networks on digits and on shuffled digits, seed by seed."""
    figure, axes = plt.subplots(figsize=(6.0, 3.0))
    for offset, (model, name) in enumerate((("mlp", "MLP"), ("cnn", "CNN"))):
        values = np.stack([introduction.result(f"{model}_{order}") for order in ("digits", "shuffled")])
        x = np.array([0, 1]) + 0.12 * (offset - 0.5)
        axes.plot(x, values, "o", color=f"C{offset}", markersize=5, alpha=0.6)
        axes.plot(x, values.mean(1), color=f"C{offset}", label=name)
    axes.set(ylabel="test accuracy", xlim=(-0.4, 1.4))
    axes.set_xticks([0, 1], ["digits", "pixels shuffled"])
    axes.legend()
    return figure


def adversarial(introduction: Run) -> Figure:
    """Left: a digit, and what an adversary makes of it. Right: accuracy against the size of the change."""
    clean, moved = introduction.array("adversarial")
    label, said = introduction.array("adversarial_labels")
    epsilons = introduction.config["epsilons"]
    figure = plt.figure(figsize=(6.0, 3.2))
    grid = figure.add_gridspec(2, 2, width_ratios=[1, 3])
    for row, (pixels, number) in enumerate(((clean, label), (moved, said))):
        axes = figure.add_subplot(grid[row, 0])
        _image(axes, pixels, sequential(), 0, 1)
        axes.set_title(rf"$\hat y={number}$")
    axes = figure.add_subplot(grid[:, 1])
    shade(axes, introduction.array("attacked"), x=epsilons, color="C1", label="gradient sign")
    shade(axes, introduction.array("random"), x=epsilons, color="C0", linestyle="--", label="random sign")
    axes.set(xlabel=r"$\varepsilon$", ylabel="test accuracy", ylim=(0, 1))
    axes.legend()
    return figure


def saliency(introduction: Run) -> Figure:
    """Digits, the derivative of the right score by every pixel, and its fall when a place is covered."""
    digits, labels = introduction.array("digits"), introduction.array("digit_labels")
    maps = {"pixels": digits, "saliency": introduction.array("saliency"), "occlusion": introduction.array("occlusion")}
    figure, panels = plt.subplots(3, len(digits), figsize=(6.0, 5.6))
    for row, (name, values) in enumerate(maps.items()):
        limit = np.abs(values).max()
        for column, pixels in enumerate(values):
            colours, low = (sequential(), 0) if name == "pixels" else (diverging(), -limit)
            _image(panels[row, column], pixels, colours, low, limit)
        panels[row, 0].set_ylabel(name)
    for column, (label, said) in enumerate(labels):
        panels[0, column].set_title(rf"$y={label},\ \hat y={said}$")
    return figure


def recipes(introduction_depth: Run) -> Figure:
    """Training loss of ten hidden layers under three recipes."""
    steps = introduction_depth.config["every"] * np.arange(introduction_depth.array("relu_loss").shape[1])
    figure, axes = plt.subplots()
    for name, label, style in (
        ("sigmoid", "sigmoid, N(0, 1)", "-"),
        ("relu", "ReLU, He", "--"),
        ("batch_norm", "ReLU, He, batch norm", "-."),
    ):
        shade(axes, introduction_depth.array(f"{name}_loss"), x=steps, label=label, linestyle=style)
    axes.set(xlabel="step", ylabel="training loss (nats)", yscale="log")
    axes.legend()
    return figure


def seeds(introduction_seeds: Run) -> Figure:
    """Mean difference of two networks and its interval of 95 %, by 1, 5 and 20 seeds."""
    difference = introduction_seeds.result("difference")
    figure, axes = plt.subplots(figsize=(6.0, 2.8))
    axes.axvline(0, color="C5", linewidth=1)
    axes.plot(difference, np.full(len(difference), 0), "o", color="C1", alpha=0.6)
    for row, count in ((1, 5), (2, len(difference))):
        values = difference[:count]
        half = T_QUANTILE[count - 1] * values.std(ddof=1) / math.sqrt(count)
        axes.errorbar(values.mean(), row, xerr=half, fmt="o", color="C0", capsize=4)
    axes.set_yticks([0, 1, 2], ["single seeds", "5 seeds", f"{len(difference)} seeds"])
    axes.set(xlabel="accuracy with 32 units $-$ accuracy with 16 units", ylim=(2.5, -0.5))
    return figure


T_QUANTILE = {4: 2.776, 19: 2.093}  # 97.5 % quantile of Student's t distribution by its degrees of freedom


CHAPTERS = {  # slug -> (column, row, the chapters to read before it)
    "linear_regression": (0, 1, ()),
    "gradient_descent": (1, 1, ("linear_regression",)),
    "regularization": (2, 0, ("linear_regression", "gradient_descent")),
    "logistic_regression": (1, 2.4, ("linear_regression",)),
    "softmax": (2, 2.4, ("logistic_regression",)),
    "multilayer_perceptron": (3, 2.4, ("softmax",)),
    "initialization": (4, 2.4, ("multilayer_perceptron",)),
    "backpropagation": (4, 3.6, ("multilayer_perceptron",)),
    "momentum": (3, 0.7, ("gradient_descent",)),
    "adam": (4, 0.7, ("momentum",)),
    "residual_learning": (5, 2.4, ("initialization", "backpropagation")),
    "normalization": (5, 1.2, ("initialization", "gradient_descent")),
    "autoencoder": (6, 3.8, ("backpropagation",)),
    "gan": (6, 3.1, ("backpropagation",)),
    "diffusion_physics": (6, 0.4, ()),
    "diffusion": (7, 1.9, ("diffusion_physics", "backpropagation")),
}


def chapters() -> Figure:
    """The chapters and what to read before each."""
    figure, axes = plt.subplots(figsize=(6.0, 9.4))
    place = {slug: (row, -column) for slug, (column, row, _) in CHAPTERS.items()}
    for slug, (_, _, before) in CHAPTERS.items():
        for earlier in before:
            axes.annotate(
                "", place[slug], place[earlier],
                arrowprops={"arrowstyle": "-|>", "color": "C5", "shrinkA": 16, "shrinkB": 16},
            )  # fmt: skip
    for slug, (x, y) in place.items():
        axes.text(
            x, y, slug.replace("_", "\n"), ha="center", va="center", fontsize=11,
            bbox={"boxstyle": "round,pad=0.35", "facecolor": plt.rcParams["axes.facecolor"], "edgecolor": "C0"},
        )  # fmt: skip
    axes.set(xlim=(-0.6, 4.2), ylim=(-7.5, 0.5))
    axes.axis("off")
    return figure


EVENTS = {
    1943: "McCulloch–Pitts neuron",
    1958: "perceptron",
    1969: "book “Perceptrons”",
    1986: "backpropagation",
    1989: "convolutional networks",
    1997: "LSTM",
    2006: "deep belief nets",
    2012: "AlexNet",
    2014: "GAN, Adam",
    2015: "ResNet",
    2017: "Transformer",
    2020: "diffusion, GPT-3",
}
WAVES = ((1940, 1970, "cybernetics"), (1980, 1996, "connectionism"), (2006, 2026, "deep learning"))


def timeline() -> Figure:
    """Three waves, and the works that carried them."""
    figure, axes = plt.subplots(figsize=(6.0, 4.6))
    top = len(EVENTS) + 0.5
    for i, (start, end, name) in enumerate(WAVES):
        axes.axvspan(start, end, color=f"C{i}", alpha=0.15, linewidth=0)
        axes.text((start + end) / 2, top + 0.3, name, ha="center", color=f"C{i}", fontsize=11)
    for height, (year, name) in enumerate(EVENTS.items(), 1):
        axes.plot([year, year], [0, height], color="C5", linewidth=0.8)
        axes.plot(year, 0, "o", color=plt.rcParams["text.color"], markersize=4)
        late = year > 1980
        axes.text(year, height, f" {year} {name} ", ha="right" if late else "left", va="center", fontsize=10)
    axes.set(xlim=(1938, 2028), ylim=(-0.3, top + 1.2), yticks=[], xlabel="year")
    axes.spines["left"].set_visible(False)
    return figure


TOP5_ERRORS = (15.3, 6.67, 3.57)  # per cent, as the winners reported them


def landmarks() -> Figure:
    """Winners of the ImageNet challenge: error, parameters and multiply–adds."""
    names = ("AlexNet\n2012", "GoogLeNet\n2014", "ResNet-152\n2015")
    costs = (alexnet_cost(), googlenet_cost(), resnet152_cost())
    bars = {
        "top-5 error (%)": TOP5_ERRORS,
        r"parameters ($10^6$)": [round(cost.parameters / 1e6, 1) for cost in costs],
        r"multiply–adds ($10^9$)": [round(cost.multiply_adds / 1e9, 2) for cost in costs],
    }
    figure, panels = plt.subplots(3, 1, figsize=(6.0, 4.6), sharex=True)
    for i, (axes, (label, values)) in enumerate(zip(panels, bars.items(), strict=True)):
        drawn = axes.bar(names, values, width=0.5, color=f"C{i}")
        axes.bar_label(drawn, padding=2, fontsize=10)
        axes.set(title=label, yticks=[])
        axes.margins(y=0.3)
        axes.spines["left"].set_visible(False)
    return figure


def scaling(introduction_scaling: Run) -> Figure:
    """Test error against training samples, with the fitted power law, and against the width."""
    run = introduction_scaling
    samples, widths = np.array(run.config["samples"]), np.array(run.config["widths"])
    errors = run.array("error_by_samples")
    figure, (by_samples, by_width) = plt.subplots(1, 2, sharey=True)
    shade(by_samples, errors, x=samples)
    alpha = run.mean("exponent")
    centre = np.exp(np.log(errors).mean() + alpha * np.log(samples).mean())
    law = rf"$c\,n^{{-{alpha:.2f}}}$"
    by_samples.plot(samples, centre * samples**-alpha, "--", color="C1", label=law)
    by_samples.set(xlabel="training samples $n$", ylabel="test error", xscale="log", yscale="log")
    by_samples.legend()
    shade(by_width, run.array("error_by_width"), x=widths, color="C2")
    by_width.set(xlabel="hidden units", xscale="log")
    ticks = [0.2, 0.3, 0.4, 0.6]
    by_samples.set_yticks(ticks, [str(t) for t in ticks])
    by_samples.minorticks_off()
    return figure


def roofline(introduction_hardware: Run) -> Figure:
    """Measured speed against arithmetic intensity, under the roof of peak speed and bandwidth."""
    run = introduction_hardware
    sizes, products = np.array(run.config["products"]), run.array("product") / 1e9
    peak, bandwidth = run.median("peak") / 1e9, run.median("bandwidth") / 1e9
    intensity = np.logspace(-1.5, math.log10(sizes[-1]), 200)
    figure, axes = plt.subplots()
    axes.loglog(intensity, np.minimum(peak, bandwidth * intensity), color="C5", label=r"$\min(P, BI)$")
    axes.loglog(sizes / 6, np.median(products, axis=0), "o", color="C0", label=r"$n\times n$ product")
    for name, bytes_moved, marker in (("eager", 32, "s"), ("compiled", 16, "^")):
        rate = 3 * run.result(name) / 1e9
        axes.loglog(3 / bytes_moved, np.median(rate), marker, color="C1", label=f"relu(a x + b), {name}")
    axes.set(xlabel="arithmetic intensity $I$ (operations per byte)", ylabel="$10^9$ operations per second")
    axes.legend(loc="lower right")
    return figure
