"""Figures of the chapter on initialisation."""

import math

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.figure import Figure

from dlnotes.figures import shade
from dlnotes.initialization import (
    backward_factor,
    kaiming_normal_,
    mode_strength,
    orthogonal_,
    relu_cosine,
    variance_recursion,
)
from dlnotes.runs import Run


def symmetry(initialization_symmetry: Run) -> Figure:
    """Left: training losses. Right: how much the hidden units differ."""
    run = initialization_symmetry
    figure, (left, right) = plt.subplots(1, 2, figsize=(6.0, 3.2))
    step = np.arange(run.array("zero_loss").shape[1]) * run.config["every"]
    styles = {"zero": ("C5", ":"), "constant": ("C1", "-"), "noisy": ("C2", "--"), "random": ("C0", "-")}
    for name, (colour, style) in styles.items():
        shade(left, run.array(f"{name}_loss"), step, color=colour, linestyle=style, label=name)
    left.set(xlabel="step", ylabel="training loss (nats)", ylim=(0, 2.6))
    figure.legend(*left.get_legend_handles_labels(), loc="outside upper center", ncols=4)
    for name in ("noisy", "random"):
        colour, style = styles[name]
        shade(right, run.array(f"{name}_spread"), step, color=colour, linestyle=style)
    right.set(xlabel="step", ylabel="spread of the units", yscale="log")
    return figure


def histograms(initialization: Run) -> Figure:
    """Histograms of the activations of four layers under four schemes."""
    config = initialization.config
    names = {"he": "ReLU, He", "xavier": "ReLU, Glorot", "tanh": "tanh, gain 1", "tanh_gain": "tanh, gain 5/3"}
    figure, panels = plt.subplots(len(names), len(config["layers"]), figsize=(6.0, 5.4), sharex=True, sharey=True)
    edges = np.linspace(-4, 4, config["bins"] + 1)
    for row, (name, title) in zip(panels, names.items(), strict=True):
        for axes, layer, share in zip(row, config["layers"], initialization.array(f"{name}_histogram"), strict=True):
            axes.stairs(share.clip(min=1e-4), edges, fill=True, baseline=1e-4, color="C0")
            axes.set(yscale="log", ylim=(1e-4, 2), xticks=[-4, 0, 4], yticks=[1e-3, 1])
            if name == "he":
                axes.set_title(f"$l={layer}$")
        row[0].set_ylabel(title, fontsize=10)
    figure.supxlabel(r"$a$ / root mean square of layer 1", fontsize=12)
    return figure


def forward(initialization: Run) -> Figure:
    """Mean squares of the pre-activations through the layers, measured and predicted."""
    figure, axes = plt.subplots(figsize=(6.0, 3.8))
    depth = initialization.config["depth"]
    layer = np.arange(1, depth + 1)
    scale = initialization.config["large"] ** 2
    predictions = {
        "large": (torch.relu, 2 * scale, 0.0),
        "he": (torch.relu, 2.0, 0.0),
        "tanh_gain": (torch.tanh, 25 / 9, 0.0),
        "tanh": (torch.tanh, 1.0, 0.0),
        "default": (torch.relu, 1 / 3, 1 / 3 / initialization.config["width"]),
        "xavier": (torch.relu, 1.0, 0.0),
    }
    labels = ["ReLU, He × 1.1", "ReLU, He", "tanh, 5/3", "tanh, 1", "ReLU, nn.Linear", "ReLU, Glorot"]
    colours = ["C1", "C0", "C4", "C3", "C5", "C2"]
    for (name, (function, weight, bias)), label, colour in zip(predictions.items(), labels, colours, strict=True):
        measured = initialization.array(f"{name}_forward")
        shade(axes, measured, layer, color=colour, label=label)
        start = float((10 ** measured[:, 0]).mean())
        predicted = variance_recursion(function, weight, start, depth - 1, bias)
        axes.plot(layer, predicted.log10(), ":", color=plt.rcParams["text.color"], linewidth=1.2)
    axes.set(xlabel="layer $l$", ylabel=r"$\log_{10}$ mean square of $z$")
    axes.legend(loc="lower left", ncols=2)
    return figure


def backward(initialization: Run) -> Figure:
    """Mean squares of the gradients by the pre-activations, and the prediction from one factor per layer."""
    figure, axes = plt.subplots(figsize=(6.0, 3.8))
    depth = initialization.config["depth"]
    layer = np.arange(1, depth + 1)
    fixed = variance_recursion(torch.tanh, 25 / 9, 1.0, 200)[-1].item()
    half = variance_recursion(torch.sigmoid, 1.0, 1.0, 200)[-1].item()
    factors = {
        "large": 2 * initialization.config["large"] ** 2 / 2,
        "he": 1.0,
        "tanh_gain": backward_factor(torch.tanh, 25 / 9, fixed),
        "tanh": None,
        "default": 1 / 6,
        "xavier": 1 / 2,
        "sigmoid": backward_factor(torch.sigmoid, 1.0, half),
    }
    labels = ["ReLU, He × 1.1", "ReLU, He", "tanh, 5/3", "tanh, 1", "ReLU, nn.Linear", "ReLU, Glorot", "sigmoid, 1"]
    colours = ["C1", "C0", "C4", "C3", "C5", "C2", "C1"]
    styles = ["-"] * 6 + ["--"]
    for (name, factor), label, colour, style in zip(factors.items(), labels, colours, styles, strict=True):
        measured = initialization.array(f"{name}_backward")
        shade(axes, measured, layer, color=colour, linestyle=style, label=label)
        if factor is not None:
            line = measured[:, -1].mean() + (depth - layer) * math.log10(factor)
            axes.plot(layer, line, ":", color=plt.rcParams["text.color"], linewidth=1.2)
    axes.set(xlabel="layer $l$", ylabel=r"$\log_{10}$ mean square of $\partial L/\partial z$")
    axes.legend(loc="lower right", ncols=2)
    return figure


def tanh_map(initialization: Run) -> Figure:
    """Left: variance maps of tanh for three gains. Right: variance by layer for gain 1, with 1/(2l)."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(6.0, 3.2))
    variance = torch.linspace(0, 2, 41)
    for colour, (scale, label) in zip(
        ("C3", "C2", "C4"), ((1, "1"), (1.5925**2, "1.59"), (25 / 9, "5/3")), strict=True
    ):
        after = [variance_recursion(torch.tanh, scale, v.item(), 1)[1] for v in variance]
        left.plot(variance, after, color=colour, label=f"$g={label}$")
    left.plot([0, 2], [0, 2], ":", color=plt.rcParams["text.color"], linewidth=1.2)
    left.set(xlabel="$v_l$", ylabel="$v_{l+1}$")
    left.legend(loc="lower right")
    layer = np.arange(1, initialization.config["depth"] + 1)
    measured = 10 ** initialization.array("tanh_forward")
    shade(right, measured, layer, color="C3", label="$g=1$")
    right.plot(layer, 1 / (1 / measured[:, 0].mean() + 2 * (layer - 1)), "--", color="C5", label=r"$1/v$: $+2$")
    gain = 10 ** initialization.array("tanh_gain_forward")
    shade(right, gain, layer, color="C4", label="$g=5/3$")
    right.set(xlabel="layer $l$", ylabel="$v_l$", xscale="log", yscale="log")
    right.legend(loc="lower left")
    return figure


def angles(initialization: Run) -> Figure:
    """Left: the cosine map of ReLU. Right: mean cosine between images through the layers."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(6.0, 3.2))
    cosine = torch.linspace(-1, 1, 101, dtype=torch.float64)
    left.plot(cosine, relu_cosine(cosine), color="C0")
    left.plot([-1, 1], [-1, 1], ":", color=plt.rcParams["text.color"], linewidth=1.2)
    left.set(xlabel="$c_l$", ylabel="$c_{l+1}$", aspect="equal")
    layer = np.arange(1, initialization.config["depth"] + 1)
    for name, label, colour, style in (
        ("he", "ReLU, He", "C0", "-"),
        ("orthogonal", "ReLU, orth.", "C2", "--"),
        ("tanh_gain", "tanh, 5/3", "C4", "-"),
    ):
        shade(right, initialization.array(f"{name}_cosine"), layer, color=colour, linestyle=style, label=label)
    right.set(xlabel="layer $l$", ylabel="mean cosine of two images", ylim=(0, 1.02))
    right.legend(loc="center right")
    return figure


def spectra() -> Figure:
    """Singular values of products of Gaussian and of orthogonal matrices."""
    figure, axes = plt.subplots(figsize=(6.0, 3.2))
    size, generator = 64, torch.Generator().manual_seed(0)
    rank = np.arange(1, size + 1)
    for depth, colour in ((1, "C0"), (5, "C2"), (30, "C1")):
        product = torch.eye(size, dtype=torch.float64)
        isometry = product.clone()
        for _ in range(depth):
            weight = torch.empty(size, size, dtype=torch.float64)
            product = kaiming_normal_(weight, nonlinearity="linear", generator=generator) @ product
            isometry = orthogonal_(weight, generator=generator) @ isometry
        values = torch.linalg.svdvals(product).clamp(min=1e-16)
        axes.plot(rank, values, color=colour, label=f"Gaussian, $L={depth}$")
    axes.plot(rank, torch.linalg.svdvals(isometry), "--", color="C5", label=f"orthogonal, $L={depth}$")
    axes.set(xlabel="rank", ylabel="singular value", yscale="log", ylim=(1e-16, 1e3))
    axes.legend(loc="lower left")
    return figure


def depth(initialization_depth: Run) -> Figure:
    """Training losses of networks of thirty layers, ReLU on the left and tanh on the right."""
    run = initialization_depth
    figure, panels = plt.subplots(1, 2, figsize=(6.0, 3.4), sharey=True)
    step = (np.arange(run.config["points"]) + 1) * (run.config["steps"] // run.config["points"])
    relu = {
        "small": "std 0.01",
        "default": "nn.Linear",
        "xavier": "Glorot",
        "he": "He",
        "orthogonal": r"orth. $\sqrt{2}$",
    }
    tanh = {"tanh_xavier": "Glorot, 1", "tanh_gain": "Glorot, 5/3", "tanh_orthogonal": "orth., 1"}
    colours = dict(zip(relu, ("C5", "C3", "C2", "C0", "C1"), strict=True))
    colours |= dict(zip(tanh, ("C2", "C4", "C1"), strict=True))
    for axes, names, kind in zip(panels, (relu, tanh), ("ReLU", "tanh"), strict=True):
        for name, label in names.items():
            style = ":" if name in ("small", "default") else "-"
            shade(axes, run.array(f"{name}_loss"), step, color=colours[name], linestyle=style, label=label)
        axes.set(xlabel=f"step ({kind})")
        axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2, fontsize=10)
    panels[0].set(ylabel="training loss (nats)", ylim=(0, 2.6))
    return figure


def escape(initialization_linear: Run) -> Figure:
    """Left: plateaus of the loss, with the theory. Right: time on the first plateau against the initial scale."""
    run = initialization_linear
    figure, (left, right) = plt.subplots(1, 2, figsize=(6.0, 3.4))
    time = torch.linspace(0, run.config["curve"], run.config["points"] + 1, dtype=torch.float64)
    for name, scale, colour in zip(("large", "small"), run.config["curve_scales"], ("C2", "C0"), strict=True):
        shade(left, run.array(f"{name}_loss"), time, color=colour, label=rf"$\varepsilon={scale:g}$")
        modes = [mode_strength(time, s, scale**2) - s for s in run.config["strengths"]]
        predicted = 0.5 * sum(mode.square() for mode in modes)
        left.plot(time, predicted, ":", color=plt.rcParams["text.color"], linewidth=1.2)
    left.set(xlabel=r"time $\tau$", ylabel="loss")
    left.legend()
    for name, layers, colour, marker in (("two", 2, "C0", "o"), ("three", 3, "C1", "s"), ("four", 4, "C2", "^")):
        scales, times = run.config[name], run.array(f"{name}_escape")
        right.plot(scales, times.T, marker, color=colour, markersize=4, alpha=0.6)
        right.plot(scales, times.mean(0), "-", color=colour, label=f"$L={layers}$")
    right.set(xlabel=r"scale $\varepsilon$", ylabel=r"escape time $\tau$", xscale="log", yscale="log")
    right.legend()
    return figure
