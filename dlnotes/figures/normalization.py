"""Figures of the chapter on normalisation."""

import math

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from dlnotes.figures import shade
from dlnotes.normalization import BatchNorm1d, batch_norm
from dlnotes.runs import Run

STYLES = ("-", "--", "-.", ":")
SPECIES = (("Adelie", "o"), ("Chinstrap", "s"), ("Gentoo", "^"))


def valleys(normalization_penguins: Run) -> Figure:
    """Least squares with two measurements of the penguins: contours and some steps, raw and standardised."""
    figure, panels = plt.subplots(1, 2)
    for axes, name in zip(panels, ("raw", "standardised"), strict=True):
        hessian, best, points = (
            normalization_penguins.array(f"{name}_{what}") for what in ("hessian", "best", "points")
        )
        radius = 1.4 * np.abs(points - best).max(axis=0)
        x, y = (np.linspace(c - r, c + r, 101) for c, r in zip(best, radius, strict=True))
        grid = np.stack(np.meshgrid(x, y), axis=-1) - best
        height = 0.5 * np.einsum("...i,ij,...j", grid, hessian, grid)
        ink = plt.rcParams["text.color"]
        levels = height.max() * np.linspace(0.05, 1, 9) ** 2
        axes.contour(x, y, height, levels=levels, colors=[ink], alpha=0.35, linewidths=0.8)
        axes.plot(*points.T, ".-", color="C1", linewidth=1.2, markersize=5)
        axes.plot(*best, "+", color=ink)
        kappa = normalization_penguins.mean(f"{name}_kappa")
        axes.set(xlabel="$w_1$", title=rf"{name}, $\kappa={kappa:.1f}$")
    panels[0].set(ylabel="$w_2$")
    return figure


def standardised(normalization_penguins: Run) -> Figure:
    """Depth of the bill and mass of the penguins, by species, in their units and standardised."""
    raw, species = normalization_penguins.array("features"), normalization_penguins.array("species")
    figure, panels = plt.subplots(1, 2)
    for axes, points in zip(panels, (raw, (raw - raw.mean(0)) / raw.std(0)), strict=True):
        for kind, (name, marker) in enumerate(SPECIES):
            axes.plot(*points[species == kind].T, marker, color=f"C{kind}", markersize=3, alpha=0.7, label=name)
    panels[0].set(xlabel="bill depth (mm)", ylabel="body mass (100 g)")
    panels[1].set(xlabel=r"$\tilde{x}_1$", ylabel=r"$\tilde{x}_2$", aspect="equal")
    panels[1].axhline(0, color="C5", linewidth=0.8)
    panels[1].axvline(0, color="C5", linewidth=0.8)
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside upper center", ncols=3)
    return figure


def percentiles(normalization: Run) -> Figure:
    """Percentiles of what enters one unit's ReLU during training, without and with batch norm."""
    figure, panels = plt.subplots(1, 2, sharey=True)
    for axes, norm in zip(panels, ("none", "batch"), strict=True):
        series = normalization.array(f"{norm}_percentiles")
        steps = 10 * np.arange(series.shape[1])
        for k, (percent, style) in enumerate(zip((15, 50, 85), STYLES, strict=False)):
            shade(axes, series[..., k], steps, color=f"C{k}", linestyle=style, label=f"{percent} %")
        axes.set(xlabel="step", title=norm)
    panels[0].set(ylabel="input of the ReLU")
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside upper center", ncols=3)
    return figure


def epsilon() -> Figure:
    """Variance of the normalised values against the deviation of the input."""
    sigma = np.logspace(-5, 1, 200)
    generator = torch.Generator().manual_seed(0)
    z = torch.randn(4096, 1, generator=generator, dtype=torch.float64)
    z = (z - z.mean()) / z.std(correction=0)
    figure, axes = plt.subplots(figsize=(6.0, 3.0))
    for k, exponent in enumerate((-8, -5, -2)):
        eps = 10.0**exponent
        label = rf"$\varepsilon=10^{{{exponent}}}$"
        axes.semilogx(sigma, sigma**2 / (sigma**2 + eps), STYLES[k], color=f"C{k}", label=label)
        points = sigma[::20]
        measured = [batch_norm(s * z, None, None, training=True, eps=eps).var(correction=0) for s in points]
        axes.plot(points, measured, "o", color=f"C{k}", markersize=4)
    axes.axhline(0.5, color="C5", linewidth=0.8, linestyle=":")
    axes.set(xlabel=r"$\sigma$", ylabel=r"variance of $\hat{x}$", yticks=[0, 0.5, 1])
    axes.legend(loc="upper left")
    return figure


def learned(normalization: Run) -> Figure:
    """Histograms of the scales and shifts after training."""
    width = normalization.config["histogram_width"]
    figure, panels = plt.subplots(1, 2, sharey=True)
    for axes, name, start in zip(panels, ("gamma", "beta"), (1.0, 0.0), strict=True):
        shares = 100 * normalization.array(name)
        edges = start + np.linspace(-width, width, shares.shape[1] + 1)
        axes.stairs(shares.mean(0), edges, fill=True, color="C0", alpha=0.6)
        centres = (edges[1:] + edges[:-1]) / 2
        axes.vlines(centres, shares.min(0), shares.max(0), color=plt.rcParams["text.color"], linewidth=1)
        axes.axvline(start, color="C1", linestyle=":")
        axes.set(xlabel=rf"$\{name}$")
    panels[0].set(ylabel="share of the units (%)")
    return figure


def noise() -> Figure:
    """Left: a sample's output in many batches. Right: its standard deviation against batch size."""
    generator = torch.Generator().manual_seed(0)
    figure, (scatter, deviation) = plt.subplots(1, 2)
    sizes = [4, 8, 16, 32, 64, 128, 256]
    for k, (z, marker) in enumerate(((0.0, "o"), (1.5, "s"))):
        outputs = [_output_in_batches(z, size, 4000, generator) for size in sizes]
        line = np.array([4, 256])
        deviation.loglog(line, np.sqrt((1 + z**2 / 2) / line), "--", color=f"C{k}", linewidth=1.2)
        spread = [output.std() for output in outputs]
        deviation.plot(sizes, spread, marker, color=f"C{k}", markersize=5, label=f"$z={z}$")
        if z:
            for size, output in zip(sizes, outputs, strict=True):
                jitter = size * 2 ** (torch.rand(60, generator=generator) * 0.5 - 0.25)
                scatter.semilogx(jitter, output[:60], ".", color=f"C{k}", markersize=3)
            scatter.axhline(z, color="C5", linewidth=1)
    for axes in (scatter, deviation):
        _batch_axis(axes, sizes[::2])
    scatter.set(ylabel=r"$\hat{x}$")
    deviation.set(ylabel=r"deviation of $\hat{x}$")
    deviation.set_yticks([0.05, 0.1, 0.2, 0.5], ["0.05", "0.1", "0.2", "0.5"])
    deviation.minorticks_off()
    deviation.legend(loc="upper right")
    return figure


def _output_in_batches(z: float, size: int, batches: int, generator: torch.Generator) -> torch.Tensor:
    """The normalised value of one sample among size - 1 others, for many batches of these."""
    values = torch.randn(size, batches, generator=generator, dtype=torch.float64)
    values[0] = z
    return batch_norm(values, None, None, training=True)[0]


def _batch_axis(axes: Axes, sizes: list[int]) -> None:
    axes.set(xscale="log", xlabel="batch size")
    axes.set_xticks(sizes, [str(size) for size in sizes])
    axes.minorticks_off()


def batch_size(normalization_batch: Run) -> Figure:
    """Test accuracy against batch size with batch norm, with population statistics, and with layer norm."""
    sizes = normalization_batch.config["batches"]
    figure, axes = plt.subplots()
    for k, name in enumerate(("batch", "population", "layer")):
        accuracy = normalization_batch.array(f"{name}_accuracy")
        shade(axes, accuracy, sizes, color=f"C{k}", linestyle=STYLES[k], marker="o", markersize=4, label=name)
    _batch_axis(axes, sizes)
    axes.set(ylabel="test accuracy")
    axes.legend(loc="lower right")
    axes.grid(axis="y")
    return figure


def modes() -> Figure:
    """The output for one sample in batches of several sizes, in training mode, and in evaluation mode."""
    generator = torch.Generator().manual_seed(0)
    layer = BatchNorm1d(1, momentum=None, dtype=torch.float64)
    for _ in range(200):
        layer(3 * torch.randn(32, 1, generator=generator, dtype=torch.float64) + 2)
    sample = torch.full((1, 1), 5.0, dtype=torch.float64)
    figure, axes = plt.subplots(figsize=(6.0, 3.0))
    sizes = [2, 4, 8, 16, 32, 64, 128]
    for size in sizes:
        outputs = []
        for _ in range(40):
            others = 3 * torch.randn(size - 1, 1, generator=generator, dtype=torch.float64) + 2
            outputs.append(batch_norm(torch.cat([sample, others]), None, None, training=True)[0].item())
        jitter = size * 2 ** (torch.rand(40, generator=generator) * 0.5 - 0.25)
        axes.semilogx(jitter, outputs, ".", color="C0", markersize=4, label="training" if size == 2 else None)
    axes.axhline(layer.eval()(sample).item(), color="C1", label="evaluation")
    _batch_axis(axes, sizes)
    axes.set(ylabel="$y$", ylim=(-1.4, 2.6))
    axes.legend(loc="lower right", ncols=2)
    return figure


def folding(normalization_folding: Run) -> Figure:
    """Time of convolution and batch norm, as two layers and as one, against the number of channels."""
    channels = normalization_folding.config["channels"]
    two, one = (normalization_folding.array(name) for name in ("two_ms", "one_ms"))
    figure, (time, share) = plt.subplots(1, 2)
    for k, (name, series) in enumerate((("two layers", two), ("folded", one))):
        shade(time, series, channels, color=f"C{k}", linestyle=STYLES[k], marker="o", markersize=4, label=name)
    time.set(yscale="log", ylabel="time (ms)")
    time.legend(loc="upper left")
    shade(share, one / two, channels, color="C2", marker="o", markersize=4)
    share.axhline(1, color="C5", linewidth=1, linestyle=":")
    share.set(ylabel="folded / two layers", ylim=(0, None))
    for axes in (time, share):
        axes.set(xscale="log", xlabel="channels")
        axes.set_xticks(channels, [str(count) for count in channels])
        axes.minorticks_off()
    return figure


def cube() -> Figure:
    """The block of activations, samples by channels by positions, and what each norm averages over."""
    figure = plt.figure(figsize=(6.0, 5.2))
    samples, channels, positions = 4, 4, 3
    shaded = {
        "batch": (slice(None), slice(0, 1)),
        "layer": (slice(0, 1), slice(None)),
        "instance": (slice(0, 1), slice(0, 1)),
        "group": (slice(0, 1), slice(0, channels // 2)),
    }
    ink, background = plt.rcParams["text.color"], plt.rcParams["axes.facecolor"]
    for place, (name, (sample, channel)) in enumerate(shaded.items(), 1):
        axes = figure.add_subplot(2, 2, place, projection="3d")
        block = np.ones((samples, channels, positions), dtype=bool)
        together = np.zeros_like(block)
        together[sample, channel] = True
        colours = np.where(together, plt.rcParams["axes.prop_cycle"].by_key()["color"][0], background)
        axes.voxels(block, facecolors=colours, edgecolors=ink, linewidth=0.4, shade=False)
        axes.view_init(elev=24, azim=-58)
        axes.invert_xaxis()
        axes.set_box_aspect((samples, channels, positions), zoom=1.05)
        axes.set(xticks=[], yticks=[], zticks=[], xlabel="$N$", ylabel="$C$", zlabel="$HW$", title=name)
        for axis in (axes.xaxis, axes.yaxis, axes.zaxis):
            axis.labelpad = -14
            axis.pane.set_visible(False)
            axis.line.set_visible(False)
        axes.set_facecolor("none")
    return figure


def weights(normalization: Run) -> Figure:
    """Length of a layer's weights after training with batch norm, and the effective rate, against the learning rate."""
    rates, width = np.array(normalization.config["lrs"]), normalization.config["hidden"]
    lengths = normalization.array("weight_norm")
    squares = lengths**2 / width  # of a unit's weights, on average
    figure, (length, effective) = plt.subplots(1, 2)
    shade(length, lengths, rates, marker="o", markersize=4)
    length.axhline(math.sqrt(2 * width), color="C5", linewidth=1, linestyle=":")
    length.set(ylabel=r"$\|\mathbf{W}\|$", ylim=(0, None))
    shade(effective, rates / squares, rates, marker="o", markersize=4)
    effective.plot(rates, rates / 2, "--", color="C5", linewidth=1.2)
    effective.set(yscale="log", ylabel=r"$\eta/\|\mathbf{w}\|^2$")
    for axes in (length, effective):
        axes.set(xscale="log", xlabel=r"$\eta$")
    return figure


def learning_rates(normalization: Run) -> Figure:
    """Training loss and test accuracy against the learning rate, for four kinds of normalisation."""
    rates = normalization.config["lrs"]
    figure, (loss, accuracy) = plt.subplots(1, 2, figsize=(6.0, 3.9))
    for k, norm in enumerate(normalization.config["norms"]):
        line = {"color": f"C{k}", "linestyle": STYLES[k], "marker": "o", "markersize": 3, "label": norm}
        shade(loss, normalization.array(f"{norm}_loss")[..., -1], rates, **line)
        shade(accuracy, normalization.array(f"{norm}_test_accuracy"), rates, **line)
    loss.axhline(math.log(10), color="C5", linewidth=1, linestyle=":")
    loss.set(yscale="log", ylabel="train loss (nats)", yticks=[0.3, 1, 3, 10], yticklabels=["0.3", "1", "3", "10"])
    loss.minorticks_off()
    accuracy.set(ylabel="test accuracy", ylim=(0, 1))
    for axes in (loss, accuracy):
        axes.set(xscale="log", xlabel=r"$\eta$")
    figure.legend(*loss.get_legend_handles_labels(), loc="outside upper center", ncols=4)
    return figure


def depth() -> Figure:
    """Squared gradient length against the distance from the output, at initialisation, in three kinds of networks."""
    layers, draws = 40, 5
    kinds = {"norm, no skips": (True, False), "no norm": (False, False), "norm and skips": (True, True)}
    back = np.arange(layers + 1)
    v = (math.pi - 1) / math.pi
    levels = np.cumprod([1, *(1 + 1 / (1 + v * level) for level in range(layers - 1, -1, -1))])
    predictions = ((math.pi / (math.pi - 1)) ** back, np.ones(layers + 1), levels)
    figure, axes = plt.subplots()
    for k, ((name, options), predicted) in enumerate(zip(kinds.items(), predictions, strict=True)):
        squares = [_gradient_squares(*options, layers, seed) for seed in range(draws)]
        shade(axes, squares, back, color=f"C{k}", label=name)
        axes.plot(back, predicted, "--", color=plt.rcParams["text.color"], linewidth=1)
    axes.set(yscale="log", xlabel="layers before the end", ylabel="squared gradient, relative")
    axes.legend(loc="upper left")
    return figure


def _gradient_squares(norm: bool, skips: bool, layers: int, seed: int, width: int = 256) -> list[float]:
    """Squared gradient length by the activations 0, 1, … layers before the end, relative to the end."""
    generator = torch.Generator().manual_seed(seed)
    h = torch.randn(width, width, generator=generator)
    h = (h if skips else h.relu()).requires_grad_()
    inside = [h]
    for _ in range(layers):
        W = torch.randn(width, width, generator=generator) * (2 / width) ** 0.5
        if skips:
            h = h + batch_norm(h, None, None, training=True).relu() @ W.T
        else:
            z = h @ W.T
            h = (batch_norm(z, None, None, training=True) if norm else z).relu()
        inside.append(h)
    direction = torch.randn(h.shape, generator=generator)
    gradients = torch.autograd.grad((h * direction).sum(), inside)
    return [(gradient.norm() / gradients[-1].norm()).item() ** 2 for gradient in reversed(gradients)]
