"""Figures of the chapter on logistic regression."""

import math

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.figure import Figure
from torch.distributions import Binomial, Normal
from torch.nn.functional import binary_cross_entropy as binary_cross_entropy_of_torch

from dlnotes.figures import shade
from dlnotes.logistic_regression import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    expected_calibration_error,
    linear_discriminant_analysis,
    newton_logistic_regression,
    sigmoid,
)
from dlnotes.runs import Run


def binomial() -> Figure:
    """Binomial probabilities, simulated frequencies and the Gaussian of the same mean and variance."""
    theta, generator = 0.45, torch.Generator().manual_seed(0)
    figure, panels = plt.subplots(1, 3, figsize=(6.0, 2.5))
    for n, axes in zip((5, 20, 80), panels, strict=True):
        k = torch.arange(n + 1)
        caught = (torch.rand(20_000, n, generator=generator) < theta).sum(1)
        mean, deviation = n * theta, math.sqrt(n * theta * (1 - theta))
        x = torch.linspace(mean - 4 * deviation, mean + 4 * deviation, 200)
        axes.bar(k, torch.bincount(caught, minlength=n + 1) / len(caught), color="C0", alpha=0.35, width=0.9)
        axes.plot(k, Binomial(n, torch.tensor(theta)).log_prob(k).exp(), "o", color="C0", markersize=3)
        axes.plot(x, Normal(mean, deviation).log_prob(x).exp(), color="C1", linewidth=1.2)
        axes.set(title=f"$n={n}$", xlabel="$k$", xlim=(mean - 4 * deviation, mean + 4 * deviation))
    panels[0].set_ylabel("$p(k)$")
    return figure


def likelihood() -> Figure:
    """Likelihood of a probability for three numbers of trials with the same share of ones."""
    share, theta = 0.45, torch.linspace(0.15, 0.75, 400, dtype=torch.float64)
    figure, axes = plt.subplots(figsize=(6.0, 3.0))
    for n, colour in ((20, "C2"), (80, "C1"), (320, "C0")):
        log_likelihood = -n * binary_cross_entropy(theta, torch.full_like(theta, share), reduction="none")
        top = -n * binary_cross_entropy(torch.tensor(share), torch.tensor(share))
        axes.plot(theta, (log_likelihood - top).exp(), color=colour, label=f"$n={n}$")
        bell = torch.exp(-n * (theta - share) ** 2 / (2 * share * (1 - share)))
        axes.plot(theta, bell, "--", color=colour, linewidth=1)
    axes.set(xlabel=r"$\theta$", ylabel="likelihood / max", xlim=(0.15, 0.75))
    axes.legend(loc="upper right")
    return figure


def cross_entropy() -> Figure:
    """Cross entropy of a forecast for three true probabilities, with the entropy as floor."""
    q = torch.linspace(0.005, 0.995, 300, dtype=torch.float64)
    figure, axes = plt.subplots()
    for theta, colour in ((0.1, "C0"), (0.3, "C1"), (0.5, "C2")):
        target = torch.tensor(theta, dtype=torch.float64)
        entropy = binary_cross_entropy(target, target)
        loss = binary_cross_entropy(q, target.expand_as(q), reduction="none")
        axes.plot(q, loss, color=colour, label=rf"$\theta={theta}$")
        axes.axhline(entropy, color=colour, linestyle=":", linewidth=1)
        axes.plot(theta, entropy, "o", color=colour)
    axes.set(xlabel="$q$", ylabel=r"$H(\theta, q)$ (nats)", xlim=(0, 1), ylim=(0, 2.5))
    axes.legend(loc="upper center")
    return figure


def classes(logistic_regression: Run) -> Figure:
    """Masses of two species with Gaussian densities, the Bayes error, and the posterior."""
    mass, gentoo = _penguins(logistic_regression)
    weight, bias = linear_discriminant_analysis(mass[:, None], gentoo)
    x = torch.linspace(2.6, 6.5, 400, dtype=torch.float64)
    deviation = torch.where(gentoo > 0, mass - mass[gentoo > 0].mean(), mass - mass[gentoo == 0].mean()).std(
        correction=0
    )
    figure, (posterior, densities) = plt.subplots(2, 1, figsize=(6.0, 4.4), sharex=True, height_ratios=[1, 1.3])
    joint = []
    for k, name in enumerate(("Adélie", "gentoo")):
        own = mass[gentoo == k]
        share = len(own) / len(mass)
        joint.append(share * Normal(own.mean(), deviation).log_prob(x).exp())
        weights = torch.full_like(own, 1 / (0.2 * len(mass)))
        densities.hist(own, bins=np.arange(2.6, 6.6, 0.2), weights=weights, color=f"C{k}", alpha=0.35)
        densities.plot(x, joint[k], color=f"C{k}", label=name)
    error = torch.minimum(*joint)
    ink = plt.rcParams["text.color"]
    densities.fill_between(x, error, facecolor="none", edgecolor=ink, hatch="////", linewidth=0)
    densities.set(xlabel="body mass (kg)", ylabel=r"$q_k\,p(x \mid k)$ (1/kg)", xlim=(2.6, 6.5))
    densities.legend(loc="upper right")
    posterior.plot(x, sigmoid(weight * x + bias), color=ink)
    posterior.plot(*_shares(mass, gentoo), "o", color="C2", markersize=4)
    posterior.axhline(0.5, color="C5", linewidth=1, linestyle=":")
    posterior.set(ylabel=r"$p(1 \mid x)$", yticks=[0, 0.5, 1])
    return figure


def generative(logistic_regression_generative: Run) -> Figure:
    """Error beyond the Bayes error of discriminant analysis and logistic regression, in two worlds."""
    samples = logistic_regression_generative.config["samples"]
    figure, panels = plt.subplots(1, 2, figsize=(6.0, 3.0), sharey=True)
    for axes, world in zip(panels, ("gaussian", "skewed"), strict=True):
        for method, label, colour in (("lda", "LDA", "C1"), ("logistic", "logistic", "C0")):
            excess = logistic_regression_generative.array(f"{method}_{world}")
            error = excess.std(0, ddof=1) / math.sqrt(len(excess))
            axes.errorbar(samples, excess.mean(0), error, color=colour, marker="o", markersize=3, label=label)
        axes.set(xscale="log", yscale="log", xlabel="training samples", title=world)
        axes.set_xticks([30, 120, 480, 1920], ["30", "120", "480", "1920"])
        axes.minorticks_off()
    panels[0].set_ylabel("excess error")
    panels[0].legend()
    return figure


def sigmoid_and_roc(logistic_regression_calibration: Run) -> Figure:
    """The sigmoid with its tangent at 0, and the ROC curve of a classifier of photographs."""
    figure, (curve, roc) = plt.subplots(1, 2, figsize=(6.0, 2.9))
    z = torch.linspace(-6, 6, 200)
    curve.plot(z, sigmoid(z), color="C0")
    near = torch.tensor([-2.3, 2.3])
    curve.plot(near, 0.5 + near / 4, "--", color="C1")
    curve.set(xlabel="$z$", ylabel=r"$\sigma(z)$", yticks=[0, 0.5, 1], xticks=[-6, -3, 0, 3, 6])
    true_rate = logistic_regression_calibration.array("roc")
    false_rate = np.linspace(0, 1, true_rate.shape[1])
    shade(roc, true_rate, false_rate, color="C0")
    roc.plot([0, 1], [0, 1], color="C5", linewidth=1, linestyle=":")
    roc.set(xlabel="false-positive rate", ylabel="true-positive rate", aspect="equal", xlim=(0, 1), ylim=(0, 1.02))
    return figure


def latent() -> Figure:
    """The hidden variable z + noise for two z, and the logistic distribution function beside the Gaussian one."""
    figure, (density, distribution) = plt.subplots(1, 2, figsize=(6.0, 2.9))
    t = torch.linspace(-7, 8, 400)
    for z, colour in ((-1.0, "C1"), (1.5, "C0")):
        p = sigmoid(t - z) * sigmoid(z - t)
        density.plot(t, p, color=colour, label=f"$z={z:g}$")
        density.fill_between(t, p, where=t >= 0, color=colour, alpha=0.25, linewidth=0)
    density.axvline(0, color=plt.rcParams["text.color"], linewidth=1)
    density.set(xlabel=r"$z+\varepsilon$", ylabel="density", ylim=(0, 0.36))
    density.legend(loc="upper left", ncols=2, columnspacing=0.8, handlelength=1.0)
    t = torch.linspace(-6, 6, 200)
    distribution.plot(t, sigmoid(t), color="C0", label="logistic")
    distribution.plot(t, Normal(0, math.pi / math.sqrt(3)).cdf(t), "--", color="C1", label="Gaussian")
    distribution.set(xlabel="$t$", ylabel=r"$P(\varepsilon \leq t)$", yticks=[0, 0.5, 1])
    distribution.legend(loc="upper left", handlelength=1.2)
    return figure


def losses() -> Figure:
    """Four losses of a sample with label 1 against its score."""
    z = torch.linspace(-5, 4, 400)
    ones = torch.ones_like(z)
    figure, axes = plt.subplots(figsize=(6.0, 3.6))
    cross_entropy = binary_cross_entropy_with_logits(z, ones, reduction="none") / math.log(2)
    axes.plot(z, (z <= 0).float(), color="C5", label="0–1")
    axes.plot(z, cross_entropy, color="C0", label=r"$\log(1+e^{-z})/\log 2$")
    axes.plot(z, (z - 1) ** 2, "--", color="C1", label="$(z-1)^2$")
    axes.plot(z, (sigmoid(z) - 1) ** 2, "-.", color="C2", label=r"$(\sigma(z)-1)^2$")
    axes.set(xlabel="$z$", ylabel="loss", xlim=(-5, 4), ylim=(0, 6))
    figure.legend(loc="outside upper center", ncols=4, columnspacing=1.0, handlelength=1.4)
    return figure


def fit(logistic_regression: Run) -> Figure:
    """Boundaries and probability curves of logistic regression on bootstrap resamples."""
    mass, gentoo = _penguins(logistic_regression)
    length = logistic_regression.array("bill_length")
    figure, (plane, curve) = plt.subplots(1, 2, figsize=(6.0, 3.1))
    for k, marker in enumerate("os"):
        own = gentoo == k
        plane.plot(mass[own], length[own], marker, color=f"C{k}", markersize=2.5, alpha=0.8)
    x = torch.linspace(2.7, 6.4, 200, dtype=torch.float64)
    ink = plt.rcParams["text.color"]
    for bias, per_kg, per_mm in logistic_regression.array("weights"):
        plane.plot(x[[0, -1]], -(bias + per_kg * x[[0, -1]]) / per_mm, color=ink, linewidth=0.6, alpha=0.4)
    plane.set(xlabel="body mass (kg)", ylabel="bill length (mm)", xlim=(2.7, 6.4), ylim=(31, 61))
    for bias, per_kg in logistic_regression.array("by_mass"):
        curve.plot(x[::4], sigmoid(bias + per_kg * x[::4]), color="C0", linewidth=0.6, alpha=0.4)
    curve.plot(*_shares(mass, gentoo), "o", color="C2", markersize=4)
    curve.axhline(0.5, color="C5", linewidth=1, linestyle=":")
    curve.set(xlabel="body mass (kg)", ylabel="$p$", xlim=(2.7, 6.4), yticks=[0, 0.5, 1])
    return figure


def newton(logistic_regression: Run) -> Figure:
    """Loss above its minimum against iterations of Newton's method and of gradient descent."""
    steepest = logistic_regression.array("descent_loss")
    jumps = logistic_regression.array("newton_loss")
    floor = np.minimum(jumps[:, -1:], steepest[:, -1:])
    figure, axes = plt.subplots()
    steps = 2.0 ** np.arange(steepest.shape[1] - 1)
    shade(axes, np.maximum(steepest[:, 1:] - floor, 1e-6), steps, color="C1", label="gradient descent", marker="o")
    newton_steps = np.arange(1, jumps.shape[1])
    shade(axes, np.maximum(jumps[:, 1:] - floor, 1e-6), newton_steps, color="C0", label="Newton", marker="s")
    axes.set(xscale="log", yscale="log", xlabel="iteration", ylabel="loss above minimum (nats)", ylim=(1e-6, 1))
    axes.legend(loc="upper right")
    return figure


def too_correct(logistic_regression: Run) -> Figure:
    """Least squares on labels and logistic regression, without and with points far on the right side."""
    mass, gentoo = _penguins(logistic_regression)
    figure, panels = plt.subplots(1, 2, figsize=(6.0, 3.0), sharey=True, width_ratios=[1, 1.5])
    far = torch.full((20,), 30.0, dtype=torch.float64)
    data = [(mass, gentoo), (torch.cat([mass, far]), torch.cat([gentoo, torch.ones_like(far)]))]
    for axes, (x, y), right in zip(panels, data, (6.5, 31.0), strict=True):
        features = torch.stack([torch.ones_like(x), x], dim=1)
        line = torch.linalg.lstsq(features, y[:, None]).solution[:, 0]
        weights = newton_logistic_regression(features, y)
        grid = torch.linspace(2.5, right, 400, dtype=torch.float64)
        for k in (0, 1):
            axes.plot(x[y == k], y[y == k], "|", color=f"C{k}", markersize=10, alpha=0.6)
        axes.plot(grid, line[0] + line[1] * grid, color="C2")
        axes.plot(grid, sigmoid(weights[0] + weights[1] * grid), color="C3")
        axes.axvline((0.5 - line[0]) / line[1], color="C2", linestyle="--", linewidth=1)
        axes.axvline(-weights[0] / weights[1], color="C3", linestyle="--", linewidth=1)
        axes.set(xlabel="body mass (kg)", xlim=(2.5, right), ylim=(-0.35, 1.6), yticks=[0, 0.5, 1])
    panels[0].set_ylabel("label, prediction")
    return figure


def surfaces(logistic_regression: Run) -> Figure:
    """Mean cross entropy and mean squared error of the probability over weight and bias."""
    mass, gentoo = _penguins(logistic_regression)
    x = (mass - mass.mean()) / mass.std()
    line = torch.linspace(-10, 10, 61, dtype=torch.float64)
    weight, bias = torch.meshgrid(line, line, indexing="xy")
    z = weight[..., None] * x + bias[..., None]
    entropy = binary_cross_entropy_with_logits(z, gentoo.expand_as(z), reduction="none").mean(-1)
    p = sigmoid(z)
    squared = ((p - gentoo) ** 2).mean(-1)
    figure, panels = plt.subplots(1, 2, figsize=(6.0, 3.1), sharey=True)
    for axes, loss, levels in (
        (panels[0], entropy, [0.25, 0.5, 1, 2, 3, 4, 5, 6, 7, 8]),
        (panels[1], squared, [0.08, 0.15, 0.25, 0.35, 0.45, 0.55, 0.65, 0.75, 0.85, 0.9]),
    ):
        axes.contour(line, line, loss, levels=levels, colors="C0", linewidths=1)
        best = loss.argmin()
        axes.plot(weight.flatten()[best], bias.flatten()[best], "o", color="C1")
        axes.set(xlabel="weight", aspect="equal", xticks=[-10, 0, 10], yticks=[-10, 0, 10])
    panels[1].contourf(line, line, _smallest_curvature(x, gentoo, p), levels=[0, 1], colors="C2", alpha=0.25)
    panels[0].set_ylabel("bias")
    return figure


def _smallest_curvature(x: torch.Tensor, y: torch.Tensor, p: torch.Tensor) -> torch.Tensor:
    """Smallest eigenvalue of the Hessian of the mean squared error of a probability, by weight and bias."""
    spread = p * (1 - p)
    second = 2 * spread * (spread + (p - y) * (1 - 2 * p))  # derivative of 2 (p - y) p (1 - p) by the score
    by_weight, mixed, by_bias = ((second * x**power).mean(-1) for power in (2, 1, 0))
    return (by_weight + by_bias) / 2 - torch.sqrt(((by_weight - by_bias) / 2) ** 2 + mixed**2)


def projection(logistic_regression: Run) -> Figure:
    """Cross entropy and divergence from the empirical distribution along gradient descent."""
    entropy = logistic_regression.array("cross_entropy")
    divergence = logistic_regression.array("divergence")
    steps = 2.0 ** np.arange(entropy.shape[1] - 1)
    figure, axes = plt.subplots(figsize=(6.0, 3.2))
    shade(axes, entropy[:, 1:], steps, color="C0", label="cross entropy")
    shade(axes, divergence[:, 1:], steps, color="C1", label="divergence")
    gap = (entropy - divergence)[:, 1:]
    axes.plot(steps, gap.mean(0), "--", color="C2", label="difference")
    axes.set(xscale="log", xlabel="step of gradient descent", ylabel="nats", ylim=(0, None))
    axes.legend()
    return figure


def separable(logistic_regression_separable: Run) -> Figure:
    """Norm and smallest margin of the weights of gradient descent on classes that a line separates."""
    run = logistic_regression_separable
    steps = 2.0 ** np.arange(run.array("norm_plain").shape[1])
    figure, (norm, margin) = plt.subplots(1, 2, figsize=(6.0, 3.0))
    decay = run.config["weight_decay"]
    for name, label, colour in (("plain", r"$\lambda=0$", "C0"), ("decayed", rf"$\lambda={decay:g}$", "C1")):
        shade(norm, run.array(f"norm_{name}"), steps, color=colour, label=label)
        shade(margin, run.array(f"margin_{name}"), steps, color=colour)
    margin.axhline(run.mean("largest_margin"), color=plt.rcParams["text.color"], linestyle=":", linewidth=1)
    norm.set(xscale="log", xlabel="step", ylabel=r"$\|w\|$", ylim=(0, None))
    margin.set(xscale="log", xlabel="step", ylabel="smallest margin (std)", ylim=(-0.1, 0.15), xlim=(4, None))
    norm.legend(loc="upper left")
    return figure


def stability() -> Figure:
    """Relative error of three ways to compute the loss of a wrong sample in float32."""
    z = torch.logspace(0, 4, 161)
    zero = torch.zeros_like(z)
    exact = binary_cross_entropy_with_logits(z.double(), zero.double(), reduction="none")
    ways = {
        r"$-\log(1-\sigma(z))$": (-torch.log(1 - torch.sigmoid(z)), "C1", "--"),
        "bounded at 100": (binary_cross_entropy_of_torch(torch.sigmoid(z), zero, reduction="none"), "C3", "-."),
        "from the logit": (binary_cross_entropy_with_logits(z, zero, reduction="none"), "C0", "-"),
    }
    figure, axes = plt.subplots()
    for label, (loss, colour, style) in ways.items():
        error = ((loss.double() - exact) / exact).abs().clamp(min=1e-9)  # inf where the logarithm is: the line ends
        axes.loglog(z, error.where(error.isfinite(), torch.nan), style, color=colour, label=label)
    axes.set(xlabel="$z$", ylabel=r"relative $|$error$|$", ylim=(5e-10, 300))
    axes.legend(loc="center right")
    return figure


def reliability(logistic_regression_calibration: Run) -> Figure:
    """Reliability diagrams with the weakest weight decay, before and after temperature scaling."""
    run = logistic_regression_calibration
    figure, panels = plt.subplots(1, 2, figsize=(6.0, 3.2), sharey=True)
    for axes, suffix in zip(panels, ("", "_scaled"), strict=True):
        predicted, happened = run.array(f"predicted{suffix}"), run.array(f"happened{suffix}")
        spread = np.abs(np.stack([happened.min(0), happened.max(0)]) - happened.mean(0))
        count = run.array(f"count{suffix}").mean(0)
        axes.bar(np.arange(0.05, 1, 0.1), count / count.sum(), width=0.09, color="C5", alpha=0.4)
        axes.plot([0, 1], [0, 1], color="C5", linewidth=1, linestyle=":")
        axes.errorbar(predicted.mean(0), happened.mean(0), spread, color="C0", marker="o", markersize=4)
        axes.set(xlabel=r"$\bar{p}_b$", aspect="equal", xlim=(0, 1), ylim=(0, 1), xticks=[0, 0.5, 1])
    panels[0].set(ylabel=r"$\bar{y}_b$", title="$T=1$")
    panels[1].set_title(rf"$T\approx{run.mean('temperature_weakest'):.1f}$")
    return figure


def weight_decay(logistic_regression_calibration: Run) -> Figure:
    """Test loss and calibration error against weight decay, before and after temperature scaling."""
    run = logistic_regression_calibration
    decays = run.config["weight_decays"]
    figure, panels = plt.subplots(1, 2, figsize=(6.0, 3.0))
    for axes, name, label in zip(panels, ("loss", "ece"), ("test loss (nats)", "ECE"), strict=True):
        shade(axes, run.array(name), decays, color="C0", marker="o", markersize=3, label="$T=1$")
        shade(axes, run.array(f"{name}_scaled"), decays, color="C1", marker="s", markersize=3, label="fitted $T$")
        axes.set(xscale="log", xlabel=r"weight decay $\lambda$", ylabel=label, ylim=(0, None))
    samples = int(run.array("count")[0].sum())
    generator = torch.Generator().manual_seed(0)
    p = torch.rand(200, samples, generator=generator)
    honest = expected_calibration_error(p, (torch.rand(p.shape, generator=generator) < p).float(), run.config["bins"])
    panels[1].axhline(honest.mean(), color=plt.rcParams["text.color"], linestyle=":", linewidth=1)
    panels[0].legend(loc="upper right")
    return figure


def _penguins(run: Run) -> tuple[torch.Tensor, torch.Tensor]:
    """Body mass in kg and 1 for gentoos."""
    return torch.from_numpy(run.array("body_mass")), torch.from_numpy(run.array("gentoo")).double()


def _shares(mass: torch.Tensor, gentoo: torch.Tensor) -> tuple[list[float], list[float]]:
    """Centre of every 200 g that holds five penguins or more, and the share of gentoos there."""
    bins = ((mass - 2.6) / 0.2).long()
    kept = [b for b in bins.unique().tolist() if (bins == b).sum() >= 5]
    return [2.7 + 0.2 * b for b in kept], [gentoo[bins == b].mean().item() for b in kept]
