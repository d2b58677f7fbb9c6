"""Figures of the chapter on autoencoders."""

import math
from statistics import NormalDist

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Polygon

from dlnotes.figures import COLOURS, sequential, shade, theme
from dlnotes.runs import Run

MARKERS = "osv^<>DPX*"
METHODS = {"labels": "labels", "duets": "labels + duets"}


def bottleneck() -> Figure:
    """Columns of units that narrow to the code and widen again."""
    figure, axes = plt.subplots(figsize=(6.0, 2.8))
    heights = (8, 5, 2, 5, 8)
    for left, name in ((0, "$g$"), (2, "$f$")):
        edges = [heights[left] / 2, heights[left + 2] / 2]
        corners = [(left, -edges[0]), (left, edges[0]), (left + 2, edges[1]), (left + 2, -edges[1])]
        axes.add_patch(Polygon(corners, facecolor=f"C{left // 2}", alpha=0.15))
        axes.text(left + 1, -4.1, name, ha="center", va="center", fontsize=14, color=f"C{left // 2}")
    for place, height in enumerate(heights):
        units = np.arange(height) - (height - 1) / 2
        axes.plot(np.full(height, place), units, "o", color="C3" if place == 2 else "C5", markersize=9)
    for place, name in ((0, r"$\mathbf{x}$"), (2, r"$\mathbf{z}$"), (4, r"$\hat{\mathbf{x}}$")):
        axes.text(place, heights[place] / 2 + 0.5, name, ha="center", fontsize=14)
    axes.set(xlim=(-0.5, 4.5), ylim=(-4.7, 5.4))
    axes.axis("off")
    return figure


def linear(autoencoder_linear: Run) -> Figure:
    """Excess of the loss and largest principal angle against the steps."""
    run = autoencoder_linear
    steps = run.config["every"] * np.arange(run.array("angle").shape[1])
    figure, (loss, angle) = plt.subplots(1, 2)
    shade(loss, np.maximum(run.array("excess"), 1e-15), x=steps)
    loss.set(yscale="log", xlabel="step", ylabel=r"$\mathcal{L}/\mathcal{L}_{\min} - 1$")
    shade(angle, run.array("angle"), x=steps, color="C1")
    angle.set(yscale="log", xlabel="step", ylabel="largest angle (degrees)")
    return figure


def dimension(autoencoder_dimension: Run) -> Figure:
    """Relative error against the width of the code, of a flat and of a curved family."""
    run = autoencoder_dimension
    codes = run.config["codes"]
    figure, panels = plt.subplots(1, 2, sharey=True)
    for axes, family in zip(panels, ("flat", "spots"), strict=True):
        for i, (kind, name) in enumerate((("linear", "PCA"), ("network", "autoencoder"))):
            shade(axes, np.maximum(run.array(f"{family}_{kind}"), 1e-3), x=codes, marker="os"[i], label=name)
        axes.axvline(4, color="C5", linestyle=":", linewidth=1)
        axes.set(title=family, xlabel="width of the code $k$", yscale="log", xticks=codes)
    panels[0].set_ylabel("relative error")
    panels[1].legend(loc="lower left")
    return figure


def spots(autoencoder_dimension: Run) -> Figure:
    """Some pictures of 5 × 5 pixels with one spot."""
    images = autoencoder_dimension.array("images")
    figure, panels = plt.subplots(1, len(images), figsize=(6.0, 0.95))
    for axes, image in zip(panels, images, strict=True):
        axes.imshow(image.reshape(5, 5), cmap=sequential(), vmin=0, vmax=1.5)
        axes.set(xticks=[], yticks=[])
    return figure


def _picture(axes, image: np.ndarray) -> None:
    """A grid of garments in 16 shades, as many as the eye needs here, and pixel by pixel: a small file."""
    axes.imshow(image // 16, cmap=sequential(), vmin=0, vmax=15, interpolation="none")
    axes.set(xticks=[], yticks=[])
    axes.spines[["left", "bottom"]].set_visible(False)


def reconstructions(autoencoder: Run) -> Figure:
    """Test pictures, and what is left of them after a code."""
    run = autoencoder
    wide, narrow = run.config["code"], run.config["map_code"]
    names = [r"$\mathbf{x}$", f"AE {wide}", f"PCA {wide}", f"AE {narrow}", f"PCA {narrow}"]
    picture = run.image("reconstructions")
    side = picture.shape[0] / len(names)
    figure, axes = plt.subplots(figsize=(6.0, 2.8))
    _picture(axes, picture)
    axes.set_yticks(side * (np.arange(len(names)) + 0.5), names)
    axes.tick_params(length=0)
    return figure


def map(autoencoder: Run) -> Figure:
    """Codes of two numbers, marked by the label."""
    (across, down), labels = autoencoder.array("codes").T, autoencoder.array("labels")
    figure, axes = plt.subplots(figsize=(6.0, 4.6))
    for label, marker in enumerate(MARKERS):
        here = labels == label
        colour = f"C{label % 6}"
        filled = {"markerfacecolor": colour if label < 6 else "none", "markeredgecolor": colour}
        axes.plot(across[here], down[here], marker, markersize=4.5, linestyle="none", label=label, **filled)
    axes.set(xlabel="$z_1$", ylabel="$z_2$")
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5), handletextpad=0.1)
    return figure


def atlas(autoencoder: Run) -> Figure:
    """What the decoder makes of a lattice of codes, of which every second row and column is shown."""
    side = 28
    tiles = autoencoder.image("atlas").reshape(15, side, 15, side)[::2, :, ::2]
    figure, axes = plt.subplots(figsize=(6.0, 6.0))
    _picture(axes, tiles.reshape(8 * side, 8 * side))
    axes.set(xlabel="$z_1$", ylabel="$z_2$")
    return figure


def features(autoencoder: Run) -> Figure:
    """Test accuracy against the number of labelled pictures."""
    labelled = autoencoder.config["labelled"]
    figure, axes = plt.subplots()
    for name, marker, label in (("code", "o", "code"), ("pca", "s", "PCA"), ("pixels", "^", "pixels")):
        shade(axes, autoencoder.array(f"accuracy_{name}"), x=labelled, marker=marker, label=label)
    axes.set(xlabel="labelled pictures", ylabel="test accuracy", xscale="log")
    axes.set_xticks(labelled, labelled)
    axes.minorticks_off()
    axes.legend()
    return figure


WEIGHTS, VARIANCES = np.array([0.5, 0.3, 0.2]), np.array([0.09, 0.25, 0.04])
MEANS = np.array([[-1.5, -0.8], [1.5, -0.8], [0.0, 1.6]])


def _mixture(points: np.ndarray, sigma: float) -> tuple[np.ndarray, np.ndarray]:
    """Log-density and score of the experiment's mixture with noise (autoencoder-mixture-score)."""
    widths = VARIANCES + sigma**2
    offsets = MEANS - points[:, None]
    parts = WEIGHTS / (2 * math.pi * widths) * np.exp(-(offsets**2).sum(-1) / (2 * widths))
    density = parts.sum(1)
    return np.log(density), ((parts / widths)[..., None] * offsets).sum(1) / density[:, None]


def field(autoencoder_denoising: Run) -> Figure:
    """Exact and learned score as arrows."""
    run = autoencoder_denoising
    sigma = run.config["sigmas"][run.config["kept"]]
    axis, fine = np.linspace(-3, 3, run.config["field"]), np.linspace(-3, 3, 25)
    lattice = np.stack(np.meshgrid(axis, axis, indexing="ij"), -1).reshape(-1, 2)
    density, _ = _mixture(np.stack(np.meshgrid(fine, fine, indexing="ij"), -1).reshape(-1, 2), sigma)
    figure, panels = plt.subplots(1, 2, figsize=(6.0, 3.3), sharey=True)
    inner = (np.abs(lattice) < 2.75).all(1)
    lattice, learned = lattice[inner], run.array("learned")[inner]
    scores = (_mixture(lattice, sigma)[1], learned)
    for axes, score, title in zip(panels, scores, ("exact", "learned"), strict=True):
        axes.contour(fine, fine, density.reshape(25, 25).T, levels=(-6, -4, -2), colors="C5", linewidths=0.6)
        arrows = score / np.sqrt(np.linalg.norm(score, axis=1, keepdims=True))
        axes.quiver(*lattice.T, *arrows.T, color="C0", angles="xy", scale=45, width=0.006)
        axes.set(title=title, xlabel=r"$\tilde{x}_1$", aspect="equal", xlim=(-3, 3), ylim=(-3, 3))
    panels[0].set_ylabel(r"$\tilde{x}_2$")
    return figure


def denoiser() -> Figure:
    """The best denoiser of the data -1 and 1, for three strengths of noise, beside the identity."""
    x = np.linspace(-2.5, 2.5, 201)
    figure, axes = plt.subplots(figsize=(6.0, 3.0))
    axes.plot(x, x, ":", color="C5", label=r"$\tilde{x}$")
    for i, sigma in enumerate((0.3, 0.7, 1.5)):
        axes.plot(x, np.tanh(x / sigma**2), color=f"C{i}", label=rf"$\sigma = {sigma}$")
    axes.plot([-1, 1], [-1, 1], "o", color=plt.rcParams["text.color"])
    axes.set(xlabel=r"$\tilde{x}$", ylabel=r"$r(\tilde{x})$", ylim=(-1.5, 1.5))
    axes.legend()
    return figure


def entangled() -> Figure:
    """Two uniform factors before and after a mixing that keeps them uniform and independent."""
    normal = NormalDist()
    to_normal, to_uniform = np.vectorize(normal.inv_cdf), np.vectorize(normal.cdf)
    cosine = math.sqrt(0.5)
    rotation = np.array([[cosine, -cosine], [cosine, cosine]])
    points = np.random.default_rng(0).random((300, 2))
    fine, levels = np.linspace(0.002, 0.998, 30), np.linspace(0.1, 0.9, 9)
    figure, panels = plt.subplots(1, 2, figsize=(6.0, 3.1), sharey=True)
    colours = LinearSegmentedColormap.from_list("factor", COLOURS[theme()][:2])
    maps = (lambda u: u, lambda u: to_uniform(to_normal(u) @ rotation.T))
    for axes, mixing, name in zip(panels, maps, ("u", "h"), strict=True):
        axes.scatter(*mixing(points).T, c=points[:, 0], cmap=colours, s=9, linewidths=0)
        for level in levels:
            for line in ((np.full(30, level), fine), (fine, np.full(30, level))):
                axes.plot(*mixing(np.stack(line, 1)).T, color="C5", linewidth=0.7)
        axes.set(xlabel=f"${name}_1$", ylabel=f"${name}_2$", aspect="equal", xlim=(0, 1), ylim=(0, 1))
    return figure


def voices(autoencoder_voices: Run) -> Figure:
    """Errors of repetition and conversion, and how well the singer is heard, against the width of the code."""
    run = autoencoder_voices
    codes = run.config["codes"]
    titles = {"own": "own singer", "other": "other singer", "heard": "singer heard"}
    figure, panels = plt.subplots(1, 3, figsize=(6.4, 3.1))
    for axes, (name, title) in zip(panels, titles.items(), strict=True):
        for i, (method, label) in enumerate(METHODS.items()):
            shade(axes, run.array(f"{method}_{name}"), x=codes, marker="os"[i], label=label)
        axes.set(title=title, xlabel="code $k$", xscale="log")
        axes.set_xticks(codes, codes)
        axes.minorticks_off()
    for axes in panels[:2]:
        axes.set_yscale("log")
    panels[0].set_ylabel("relative squared error")
    panels[1].axhline(1, color="C5", linestyle=":", linewidth=1)
    panels[2].set(ylabel="accuracy", ylim=(0, 1.05))
    panels[2].axhline(1 / run.config["singers"], color="C5", linestyle=":", linewidth=1)
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
    return figure


def conversion(autoencoder_voices: Run) -> Figure:
    """A source, and its two conversions beside what the target would have sung."""
    run = autoencoder_voices
    target = run.array("target")
    time = np.linspace(0, 1, len(target))
    figure, panels = plt.subplots(3, 1, figsize=(6.0, 4.4), sharex=True, sharey=True)
    signals = {"source": "source", **METHODS}
    for i, (axes, (name, title)) in enumerate(zip(panels, signals.items(), strict=True)):
        axes.plot(time, run.array(name), color="C5" if name == "source" else f"C{i - 1}")
        if name != "source":
            axes.plot(time, target, "--", color=plt.rcParams["text.color"], linewidth=1.2)
        axes.set_title(title, fontsize=11)
        axes.set_ylabel("$x(t)$")
    panels[-1].set_xlabel("time $t$")
    return figure
