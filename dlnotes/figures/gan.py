"""Figures of the chapter on generative adversarial networks."""

import math

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from dlnotes.figures import frame, shade
from dlnotes.runs import Run

GAMES = {
    "saturating": "saturating",
    "non_saturating": "non-saturating",
    "five_g_steps": "$5$ steps of $G$",
    "greedy_g": r"$5$ steps of $G$, $10\eta$",
    "five_d_steps": "$5$ steps of $D$",
    "r1": "R1",
}


def taxonomy() -> Figure:
    """Generative models as a tree: which density they have, and examples."""
    figure, axes = plt.subplots(figsize=(6.0, 3.6))
    leaves = {
        3.0: ("autoregressive, flows", "$p(x)$ exact"),
        2.0: ("VAE, energy models", "$p(x)$ bounded, or without $Z$"),
        1.0: ("diffusion", r"$\nabla\log p(x)$"),
        0.0: ("GAN", "samples only"),
    }
    inner = {"explicit $p$": (1.15, 2.5), "score": (1.15, 1.0), "implicit $p$": (1.15, 0.0)}
    root = (0.0, 1.4)
    for x, y in inner.values():
        axes.plot([root[0], x], [root[1], y], color="C5", linewidth=1, zorder=0)
    for y, (name, what) in leaves.items():
        parent = (1.15, 2.5) if y >= 2 else (1.15, y)
        axes.plot([parent[0], 2.2], [parent[1], y], color="C5", linewidth=1, zorder=0)
        axes.annotate(name, (2.25, y + 0.16), va="center", color="C1" if name == "GAN" else "C0")
        axes.annotate(what, (2.25, y - 0.2), va="center", fontsize=10, color="C5")
    box = {"boxstyle": "round", "facecolor": plt.rcParams["axes.facecolor"], "edgecolor": "C5"}
    for name, (x, y) in ({"learn\nto sample": root} | inner).items():
        axes.annotate(name, (x, y), ha="center", va="center", fontsize=11, bbox=box)
    axes.set(xlim=(-0.4, 4.1), ylim=(-0.5, 3.5))
    axes.axis("off")
    return figure


def _map(z: np.ndarray | float) -> np.ndarray | float:
    """A generator that squeezes at both ends."""
    return np.tanh(2.5 * z) + 0.2 * z


def pushforward() -> Figure:
    """Quantiles of z below, the map, and the density of x at the left."""
    z = np.linspace(-3, 3, 601)
    normal = np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)
    slope = 2.5 / np.cosh(2.5 * z) ** 2 + 0.2
    quantiles = np.array([-1.645, -1.036, -0.674, -0.385, -0.126, 0.126, 0.385, 0.674, 1.036, 1.645])
    figure, ((left, middle), (corner, below)) = plt.subplots(
        2, 2, figsize=(6.0, 4.4), width_ratios=[1, 2], height_ratios=[2, 1]
    )
    middle.plot(z, _map(z), color="C0")
    for q in quantiles:
        middle.plot([q, q, -3], [-1.8, _map(q), _map(q)], color="C5", linewidth=0.7)
    middle.set(xlim=(-3, 3), ylim=(-1.8, 1.8), title="$x=G(z)$", xticks=[], yticks=[])
    left.plot(normal / slope, _map(z), color="C1")
    left.set(ylim=(-1.8, 1.8), xlim=(0.9, 0), ylabel="$x$", xlabel="$q(x)$")
    below.plot(z, normal, color="C2")
    below.set(xlim=(-3, 3), ylim=(0, None), xlabel="$z$", ylabel="$r(z)$")
    corner.axis("off")
    return figure


def futures(gan_conditional: Run) -> Figure:
    """Data, the regression and the samples of the conditional GAN."""
    x = gan_conditional.array("x")
    figure, panels = plt.subplots(1, 3, figsize=(6.0, 2.6), sharey=True)
    for axes, name, colour in zip(panels, ("data", "regression", "generated"), ("C5", "C0", "C1"), strict=True):
        axes.plot(x, gan_conditional.array(name), ".", color=colour, markersize=4)
        axes.set(title="conditional GAN" if name == "generated" else name, xlabel="$x$", ylim=(-2, 2))
    panels[0].set_ylabel("$y$")
    return figure


def discriminator() -> Figure:
    """Two densities, the logarithm of their ratio, and the best discriminator."""
    x = np.linspace(-4, 4, 400)
    p, q = _normal(x, 1.0, 0.8), _normal(x, -0.5, 1.2)
    figure, panels = plt.subplots(1, 3, figsize=(6.0, 2.6))
    panels[0].plot(x, p, label="$p$")
    panels[0].plot(x, q, label="$q$", linestyle="--")
    panels[0].legend()
    panels[1].plot(x, np.log(p / q), color="C2")
    panels[1].axhline(0, color="C5", linewidth=0.8)
    panels[2].plot(x, p / (p + q), color="C3")
    panels[2].axhline(0.5, color="C5", linewidth=0.8)
    for axes, title in zip(panels, ("densities", r"$a=\log\frac{p}{q}$", r"$\hat{D}=\frac{p}{p+q}$"), strict=True):
        axes.set(title=title, xlabel="$x$")
    panels[2].set_ylim(0, 1)
    return figure


def _normal(x: np.ndarray, mean: float, std: float) -> np.ndarray:
    return np.exp(-(((x - mean) / std) ** 2) / 2) / (std * math.sqrt(2 * math.pi))


def densities() -> Figure:
    """Two densities, the best discriminator between them, and its value for all places of the generator's."""
    figure, panels = plt.subplot_mosaic([["densities", "value"], ["best", "value"]], width_ratios=[1.7, 1])
    x, means = np.linspace(-5, 5, 401), np.linspace(-3, 3, 61)
    p, q = _normal(x, 1.0, 0.8), _normal(x, -0.5, 1.2)
    panels["densities"].plot(x, p, color="C0", label="$p$")
    panels["densities"].plot(x, q, "--", color="C1", label="$q$")
    panels["densities"].legend()
    panels["best"].axhline(0.5, color="C5", linewidth=0.8)
    panels["best"].plot(x, p / (p + q), color="C3")
    panels["best"].set(xlabel="$x$", ylabel=r"$\hat{D}$", ylim=(-0.04, 1.04), yticks=[0, 0.5, 1])
    panels["value"].axhline(-math.log(4), color="C5", linewidth=0.8)
    panels["value"].plot(means, [_best_value((1.0, 0.8), (mean, 1.2)) for mean in means], color="C1")
    panels["value"].plot(-0.5, _best_value((1.0, 0.8), (-0.5, 1.2)), "o", color="C1", markersize=8)
    panels["value"].set(
        xlabel=r"$\mu_q$", ylabel=r"$V(\hat{D},q)$", ylim=(-1.5, 0.1), yticks=[-math.log(4), -1, -0.5, 0]
    )
    panels["value"].set_yticklabels([r"$-\log 4$", "−1", "−0.5", "0"])
    return figure


def _best_value(real: tuple[float, float], made: tuple[float, float]) -> float:
    """(gan-optimal-value) for two Gaussians of a mean and a standard deviation each, by quadrature."""
    x = np.linspace(-16, 16, 6401)
    p, q = np.maximum(_normal(x, *real), 1e-300), np.maximum(_normal(x, *made), 1e-300)
    return float(np.sum(p * np.log(p / (p + q)) + q * np.log(q / (p + q))) * (x[1] - x[0]))


def divergence() -> Figure:
    """The value at the best discriminator against the distance of two Gaussians, by quadrature."""
    distances = np.linspace(-4, 4, 161)
    figure, axes = plt.subplots(figsize=(6.0, 3.2))
    for std, line in ((1.0, "-"), (0.4, "--"), (0.1, ":")):
        values = [_best_value((0, std), (distance, std)) for distance in distances]
        axes.plot(distances, values, line, label=f"$s={std:g}$")
    axes.axhline(-math.log(4), color="C5", linewidth=0.8)
    axes.annotate(r"$-\log 4$", (-4, -math.log(4) + 0.04), color="C5")
    axes.set(xlabel=r"$\mu$", ylabel=r"$V(\hat{D},q)$", ylim=(-1.5, 0.1))
    axes.legend()
    return figure


def losses() -> Figure:
    """Both losses of the generator and the size of their slopes, against the logit."""
    a = np.linspace(-6, 6, 200)
    probability = 1 / (1 + np.exp(-a))
    figure, (loss, slope) = plt.subplots(1, 2, figsize=(6.0, 3.2))
    loss.plot(a, -np.logaddexp(0, a), label=r"$\log(1-\sigma)$")
    loss.plot(a, np.logaddexp(0, -a), "--", label=r"$-\log\sigma$")
    slope.plot(a, probability, label=r"$\sigma$")
    slope.plot(a, 1 - probability, "--", label=r"$1-\sigma$")
    for axes, title in ((loss, "loss"), (slope, "|slope|")):
        axes.set(title=title, xlabel="logit $a$")
        axes.legend()
    return figure


def _step(method: str, eta: float, gamma: float = 0.5) -> np.ndarray:
    """The matrix of one step of a method on V = x y."""
    turn = np.array([[0.0, -1.0], [1.0, 0.0]])
    match method:
        case "simultaneous":
            return np.eye(2) + eta * turn
        case "alternating":
            return np.array([[1, -eta], [eta, 1 - eta**2]])
        case "extragradient":
            return np.eye(2) + eta * turn @ (np.eye(2) + eta * turn)
    return np.array([[1, -eta], [eta, 1 - eta * gamma]])


METHODS = ("simultaneous", "alternating", "extragradient", r"R1, $\gamma=0.5$")


def rotation() -> Figure:
    """Paths of four methods from the same point."""
    figure, panels = plt.subplots(2, 2, figsize=(6.0, 5.4))
    for axes, method in zip(panels.flat, METHODS, strict=True):
        path = [np.array([1.0, 0.0])]
        for _ in range(120):
            path.append(_step(method, 0.2) @ path[-1])
        path = np.array(path)
        axes.plot(*path.T, color="C0", linewidth=1)
        axes.plot(*path[0], "o", color="C1")
        axes.plot(*path.mean(0), "x", color="C2", markersize=9, markeredgewidth=2)
        reach = 1.08 * np.abs(path).max()
        axes.set(title=method, xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal", xlabel="$x$", ylabel="$y$")
    return figure


def eigenvalues() -> Figure:
    """Where the eigenvalues of one step lie as the step grows."""
    figure, axes = plt.subplots(figsize=(6.0, 3.8))
    angle = np.linspace(-0.75, 0.75, 100)
    axes.plot(np.cos(angle), np.sin(angle), color="C5", linewidth=1)
    for place, method in enumerate(METHODS):
        roots = np.array([np.linalg.eigvals(_step(method, eta)) for eta in np.linspace(0.02, 0.5, 25)])
        axes.plot(roots.real.ravel(), roots.imag.ravel(), "osx^"[place], markersize=4, label=method)
    axes.set(xlabel=r"$\mathrm{Re}\,\lambda$", ylabel=r"$\mathrm{Im}\,\lambda$", aspect="equal", xlim=(0.7, 1.75))
    axes.legend(loc="center right")
    return figure


def modes(gan: Run) -> Figure:
    """Modes covered over training, a panel for every game."""
    steps = gan.config["every"] * np.arange(gan.array("modes_r1").shape[1])
    figure, panels = plt.subplots(2, 3, figsize=(6.0, 4.0), sharex=True, sharey=True)
    for place, (axes, (name, title)) in enumerate(zip(panels.flat, GAMES.items(), strict=True)):
        shade(axes, gan.array(f"modes_{name}"), x=steps, color=f"C{min(place, 4)}")
        axes.set_title(title, fontsize=11)
        axes.set(ylim=(0, 8.4), yticks=[0, 4, 8])
    for axes in panels[1]:
        axes.set(xlabel="round", xticks=[0, steps[-1] // 2, steps[-1]])
    for axes in panels[:, 0]:
        axes.set_ylabel("modes")
    return figure


def ring(gan: Run) -> Figure:
    """Animation: samples of three games on the ring at several moments."""
    samples, steps = gan.array("samples"), gan.array("sample_steps")
    angle = 2 * math.pi * np.arange(gan.config["modes"]) / gan.config["modes"]
    centres = gan.config["radius"] * np.array([np.cos(angle), np.sin(angle)])
    figure, panels = plt.subplots(1, 3, figsize=(6.0, 2.6), sharex=True, sharey=True)
    for axes, name in zip(panels, ("non_saturating", "greedy_g", "r1"), strict=True):
        axes.plot(*centres, "o", color="C5", markerfacecolor="none", markersize=11)
        for number, (points, step) in enumerate(zip(samples[list(GAMES).index(name)], steps, strict=True)):
            (dots,) = axes.plot(*points.clip(-2.9, 2.9).T, ".", color="C1", markersize=4)
            frame(number, dots, axes.text(0, 0, f"{step}", ha="center", va="center", color="C5"))
        axes.set_title(GAMES[name], fontsize=11)
        axes.set(xlim=(-3, 3), ylim=(-3, 3), aspect="equal", xticks=[-2, 0, 2], yticks=[-2, 0, 2])
    return figure


def values(gan: Run) -> Figure:
    """Value and the discriminator's mean answer, for a game that fails and one that succeeds."""
    steps = gan.config["every"] * np.arange(gan.array("value_r1").shape[1])
    figure, (value, answer) = plt.subplots(1, 2, figsize=(6.0, 3.2))
    for name, colour in (("greedy_g", "C1"), ("r1", "C0")):
        shade(value, gan.array(f"value_{name}"), x=steps, color=colour, label=GAMES[name])
        shade(answer, gan.array(f"answer_{name}"), x=steps, color=colour)
    value.axhline(-math.log(4), color="C5", linestyle="--", linewidth=1)
    answer.axhline(0.5, color="C5", linestyle="--", linewidth=1)
    value.set(xlabel="round", ylabel="$V$ (nats)", ylim=(-3, 0))
    answer.set(xlabel="round", ylabel="mean $D(G(z))$", ylim=(0, 1))
    figure.legend(loc="outside upper center", ncols=2)
    return figure


def path() -> Figure:
    """The graph of the game, and where the gradient of the generator's loss goes."""
    figure, axes = plt.subplots(figsize=(6.0, 2.9))
    places = {
        "$z$": (0, 1), r"$G_\theta$": (1, 1), "$x=G(z)$": (2.2, 1), r"$D_\varphi$": (3.5, 0.5), "$a$": (4.5, 0.5),
        "data": (2.2, 0), r"$\mathcal{L}_G$": (5.5, 0.5),
    }  # fmt: skip
    box = {"boxstyle": "round", "facecolor": plt.rcParams["axes.facecolor"], "edgecolor": "C5"}
    for name, place in places.items():
        axes.annotate(name, place, ha="center", va="center", bbox=box)
    edges = (("$z$", r"$G_\theta$"), (r"$G_\theta$", "$x=G(z)$"), ("$x=G(z)$", r"$D_\varphi$"))
    edges += ((r"$D_\varphi$", "$a$"), ("$a$", r"$\mathcal{L}_G$"), ("data", r"$D_\varphi$"))
    for start, end in edges:
        _arrow(axes, places[start], places[end], "C5", 0.0)
        if start not in ("$z$", "data"):
            _arrow(axes, places[end], places[start], "C1", 0.35)
    axes.set(xlim=(-0.4, 6), ylim=(-0.4, 1.5))
    axes.axis("off")
    return figure


def _arrow(axes, start, end, colour: str, bend: float) -> None:
    style = {
        "arrowstyle": "->",
        "color": colour,
        "linewidth": 1.6,
        "shrinkA": 20,
        "shrinkB": 20,
        "connectionstyle": f"arc3,rad={bend}",
    }
    axes.annotate("", end, start, arrowprops=style)


def estimators() -> Figure:
    """Left: single estimates by both gradients. Right: their variances."""
    noise = np.random.default_rng(0).standard_normal(20_000)
    theta = 1.5
    figure, (estimates, variance) = plt.subplots(1, 2, figsize=(6.0, 3.2))
    edges = np.linspace(-20, 30, 101)
    names = ("pathwise", "score function")
    for values_of, name in zip((2 * (theta + noise), (theta + noise) ** 2 * noise), names, strict=True):
        estimates.hist(values_of, edges, density=True, histtype="step", label=name, linewidth=1.6)
    estimates.axvline(2 * theta, color="C5", linewidth=1)
    estimates.set(xlabel="estimate", ylabel="density", ylim=(0, 0.4))
    t = np.linspace(-4, 4, 100)
    variance.semilogy(t, np.full_like(t, 4.0), label="pathwise")
    variance.semilogy(t, t**4 + 14 * t**2 + 15, label="score function")
    variance.set(xlabel=r"$\theta$", ylabel="variance")
    figure.legend(*variance.get_legend_handles_labels(), loc="outside upper center", ncols=2)
    return figure


def samples(gan_fashion: Run) -> Figure:
    """Two rows of pictures each, in 16 greys: of our generator, of the tutorial's and of the data."""
    figure, panels = plt.subplots(3, 1, figsize=(6.0, 4.6))
    for axes, (name, title) in zip(
        panels, (("ours", "ours"), ("tutorial", "tutorial, same time"), ("real", "test images")), strict=True
    ):
        rows = gan_fashion.image(name)[: 2 * 28, : 10 * 28]
        axes.imshow(rows // 16, cmap="gray", vmin=0, vmax=15, interpolation="none")
        axes.set_title(title)
        axes.axis("off")
    return figure


def distance(gan_fashion: Run) -> Figure:
    """Left: distance over computing time. Right: shares of the classes."""
    figure, (curve, classes) = plt.subplots(1, 2, figsize=(6.0, 3.2))
    points = gan_fashion.config["points"]
    for name, colour, marker in (("ours", "C0", "o"), ("tutorial", "C1", "s")):
        x = gan_fashion.mean(f"seconds_{name}") / points * np.arange(1, points + 1)
        shade(curve, gan_fashion.array(f"distances_{name}"), x=x, color=colour, label=name, marker=marker)
        share = gan_fashion.array(f"classes_{name}")
        low, high = share.mean(0) - share.min(0), share.max(0) - share.mean(0)
        classes.errorbar(
            np.arange(10) + (0.15 if name == "tutorial" else -0.15), share.mean(0), [low, high],
            fmt=marker, color=colour, markersize=4,
        )  # fmt: skip
    curve.set(yscale="log", xlabel="seconds", ylabel="squared distance")
    curve.legend()
    classes.axhline(0.1, color="C5", linewidth=1)
    classes.set(xlabel="class", ylabel="share", xticks=range(10), ylim=(0, None))
    return figure
