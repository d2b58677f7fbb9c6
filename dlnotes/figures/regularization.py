"""Figures of the chapter on regularisation."""

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor

from dlnotes.figures import shade
from dlnotes.regularization import bias_variance, polynomial_features, ridge, softshrink
from dlnotes.runs import Run

SIGMA = 0.2  # noise of the points on the sine


def polynomials() -> Figure:
    """Degrees 1, 3 and 11 through twelve noisy points of a sine."""
    figure, panels = plt.subplots(1, 3, figsize=(6.0, 2.8), sharey=True)
    x, y = _noisy_sine(1, SIGMA)
    grid = torch.linspace(-1, 1, 400, dtype=torch.float64)
    for axes, degree in zip(panels, (1, 3, 11), strict=True):
        w = ridge(polynomial_features(x, degree), y[0], 0.0)
        axes.plot(grid, polynomial_features(grid, degree) @ w)
        _draw_sine(axes, grid, x, y[0])
        axes.set(title=f"$d={degree}$", xlabel="$x$", ylim=(-2, 2))
    panels[0].set_ylabel("$y$")
    return figure


def errors() -> Figure:
    """Left: training and test error against the degree. Right: bias, variance and noise."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(6.0, 3.2))
    x, targets = _noisy_sine(2000, SIGMA)
    new = torch.linspace(-1, 1, 101, dtype=torch.float64)
    degrees, train, parts = range(10), [], []
    for degree in degrees:
        w = ridge(polynomial_features(x, degree), targets.T, 0.0)
        train.append((polynomial_features(x, degree) @ w - targets.T).square().mean())
        parts.append(torch.stack(bias_variance((polynomial_features(new, degree) @ w).T, torch.sin(3 * new))))
    bias, variance = torch.stack(parts).T
    total = bias + variance + SIGMA**2
    left.semilogy(degrees, train, "o-", markersize=4, label="train")
    left.semilogy(degrees, total, "s-", markersize=4, label="test")
    left.axhline(SIGMA**2, color="C5", linestyle=":", label=r"$\sigma^2$")
    left.set(xlabel="$d$", ylabel="mean square error", xticks=range(0, 10, 3))
    left.legend(loc="lower left")
    bottom = torch.zeros(len(bias), dtype=torch.float64)
    noise = torch.full_like(bias, SIGMA**2)
    parts = ((noise, r"$\sigma^2$", "C5"), (bias, "bias$^2$", "C0"), (variance, "variance", "C1"))
    for part, label, colour in parts:
        right.bar(degrees, part, bottom=bottom, color=colour, label=label, linewidth=0)
        bottom = bottom + part
    right.set(xlabel="$d$", xticks=range(0, 10, 3), ylim=(0, 0.3))
    right.legend(loc="upper right")
    return figure


def double_descent(regularization_capacity: Run) -> Figure:
    """Left: test error against the number of features. Right: bias and variance of the shortest solution."""
    run = regularization_capacity
    figure, (left, right) = plt.subplots(1, 2, figsize=(6.0, 3.4), sharey=True)
    features = run.config["features"]
    shade(left, run.array("shortest_error"), features, color="C0", label="shortest")
    shade(left, run.array("ridge_error"), features, color="C1", label="ridge")
    variance = run.array("shortest_variance")
    bias = run.array("shortest_bias") - variance / (run.config["draws"] - 1)  # (regularization-measured-bias)
    bias[:, features.index(run.config["samples"])] = np.nan
    shade(right, bias, features, color="C2", label="bias$^2$")
    shade(right, variance, features, color="C3", label="variance")
    for axes in (left, right):
        axes.axvline(run.config["samples"], color="C5", linestyle="--", linewidth=1)
        axes.set(xscale="log", yscale="log", xlabel="features $p$", ylim=(0.1, 1000))
        axes.legend(loc="upper right")
    left.set_ylabel("square error")
    return figure


def selection() -> Figure:
    """Left: the scheme of cross-validation. Right: the best of M guessers, on validation and on test data."""
    figure, (scheme, curve) = plt.subplots(1, 2, figsize=(6.0, 3.2), width_ratios=[1, 1.2])
    for row in range(5):
        for column in range(6):
            colour = "C5" if column == 5 else "C1" if column == row else "C0"
            scheme.add_patch(plt.Rectangle((column, -row), 0.92, 0.7, color=colour, linewidth=0))
        scheme.text(-0.2, 0.35 - row, f"{row + 1}", ha="right", va="center")
    scheme.text(5.46, 0.95, "test", ha="center")
    scheme.text(2.5, 0.95, "folds", ha="center")
    scheme.set(xlim=(-0.8, 6.1), ylim=(-4.3, 1.6))
    scheme.axis("off")

    torch.manual_seed(0)
    samples, p, counts = 200, 0.1, [1, 2, 5, 10, 20, 50, 100, 200, 500]
    binomial = torch.distributions.Binomial(samples, torch.tensor(p))
    best = [binomial.sample((2000, count)).amax(1) / samples for count in counts]
    fresh = binomial.sample((2000, len(counts))).T / samples
    for values, colour, label in ((best, "C1", "validation"), (fresh, "C0", "test")):
        curve.plot(counts, [row.mean() for row in values], "o-", color=colour, markersize=4, label=label)
        low, high = (np.array([row.quantile(q) for row in values]) for q in (0.05, 0.95))
        curve.fill_between(counts, low, high, color=colour, alpha=0.2, linewidth=0)
    bound = p + (p * (1 - p) / samples) ** 0.5 * np.sqrt(2 * np.log(counts))
    curve.plot(counts, bound, ":", color=plt.rcParams["text.color"], label=r"$p+s\sqrt{2\log M}$")
    curve.set(xscale="log", xlabel="models $M$", ylabel="accuracy", ylim=(0.05, 0.25))
    curve.legend(loc="upper left")
    return figure


def learning_curve(regularization_diabetes: Run) -> Figure:
    """Training and test error of linear regression against the number of patients, with the predictions."""
    run = regularization_diabetes
    figure, axes = plt.subplots(figsize=(6.0, 3.4))
    sizes = np.array(run.config["sizes"])
    p, variance = 11, run.array("noise_variance").item()  # ten measurements and the bias
    predictions = {"train": variance * (1 - p / sizes), "test": variance * (1 + p / (sizes - p - 1))}
    for i, (name, prediction) in enumerate(predictions.items()):
        measured = run.array(f"curve_{name}")
        half_width = 1.96 * measured.std(0, ddof=1) / len(measured) ** 0.5
        axes.errorbar(sizes, measured.mean(0), half_width, fmt="o-", markersize=4, capsize=3, color=f"C{i}", label=name)
        axes.plot(sizes, prediction, ":", color=plt.rcParams["text.color"])
    axes.axhline(variance, color="C5", linewidth=1)
    axes.set(xscale="log", xlabel="training patients $N$", ylabel="mean square error", ylim=(0, 12000))
    axes.set_xticks([16, 32, 64, 128, 256], ["16", "32", "64", "128", "256"])
    axes.minorticks_off()
    axes.legend(loc="upper right")
    return figure


def penalty(regularization_diabetes: Run) -> Figure:
    """Training and test error against λ, for ridge and for the lasso."""
    run = regularization_diabetes
    figure, panels = plt.subplots(1, 2, figsize=(6.0, 3.4), sharey=True)
    for axes, name in zip(panels, ("ridge", "lasso"), strict=True):
        penalties = run.array(f"{name}_penalty")
        for part in ("train", "test"):
            shade(axes, np.sqrt(run.array(f"{name}_{part}")), penalties, label=part)
        axes.set(xscale="log", xlabel=r"$\lambda$", title=name, ylim=(20, 110))
    panels[0].set_ylabel("root mean square error")
    panels[0].legend(loc="upper left")
    kept = panels[1].twinx()
    kept.plot(run.array("lasso_penalty"), run.array("lasso_kept").mean(0), color="C5", linestyle="--")
    kept.set(ylabel="weights kept", ylim=(0, 64))
    kept.spines["right"].set_visible(True)
    return figure


def shrinkage(regularization_diabetes: Run) -> Figure:
    """Left: factor of each component against λ. Right: squared bias and variance of ridge."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(6.0, 3.2))
    squares = regularization_diabetes.array("singular_values") ** 2
    penalties = np.logspace(-1, 6, 200)
    for i, square in enumerate(squares):
        left.semilogx(penalties, square / (square + penalties), color="C0", alpha=1 - 0.08 * i, linewidth=1.3)
    left.set(xlabel=r"$\lambda$", ylabel=r"$s_i^2\,/\,(s_i^2+\lambda)$")
    left.text(0.95, 0.95, "large $s_i$", transform=left.transAxes, ha="right", va="top")
    left.text(0.04, 0.05, "small $s_i$", transform=left.transAxes)

    generator = torch.Generator().manual_seed(0)  # the data of snippets/regularization/some_penalty_helps.py
    X = torch.randn(20, 5, generator=generator, dtype=torch.float64)
    X[:, 4] = X[:, 3] + 0.2 * X[:, 4]
    _, s, Vh = torch.linalg.svd(X, full_matrices=False)
    c = Vh @ torch.tensor([1.0, -1.0, 0.5, 1.0, 0.5], dtype=torch.float64)
    penalties = torch.logspace(-3, 3, 200, dtype=torch.float64)
    factor = s.square() + penalties.unsqueeze(1)
    bias = (penalties.unsqueeze(1) * c / factor).square().sum(1)
    variance = (s / factor).square().sum(1)
    for values, label in ((bias, "bias$^2$"), (variance, "variance"), (bias + variance, "$r$")):
        right.semilogx(penalties, values, label=label)
    right.set(xlabel=r"$\lambda$", ylim=(0, 4))
    right.legend(loc="upper right")
    return figure


def smooth() -> Figure:
    """Left: degree 12 for three λ. Right: lines with a free and with a penalised bias, for raised targets."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(6.0, 3.4))
    generator = torch.Generator().manual_seed(0)  # the data of snippets/regularization/slopes.py
    x = torch.linspace(-1, 1, 15, dtype=torch.float64)
    y = torch.sin(3 * x) + 0.3 * torch.randn(15, generator=generator, dtype=torch.float64)
    grid = torch.linspace(-1, 1, 400, dtype=torch.float64)
    weights = ridge(polynomial_features(x, 12), y, torch.tensor([0.0, 1e-3, 10.0], dtype=torch.float64))
    for w, label in zip(weights, ("0", "0.001", "10"), strict=True):
        left.plot(grid, polynomial_features(grid, 12) @ w, label=rf"$\lambda={label}$")
    _draw_sine(left, grid, x, y)
    left.set(xlabel="$x$", ylabel="$y$", ylim=(-2, 3.2))
    left.legend(loc="upper left")
    for i, shift in enumerate((0.0, 10.0)):
        target = y + shift
        slope = ridge((x - x.mean()).unsqueeze(1), target - target.mean(), 5.0)
        together = ridge(polynomial_features(x, 1), target, 5.0)
        right.plot(x, target, ".", color=f"C{i}")
        right.plot(grid, target.mean() + slope * (grid - x.mean()), color=f"C{i}", label="free" if i else None)
        label = "penalised" if i else None
        right.plot(grid, polynomial_features(grid, 1) @ together, "--", color=f"C{i}", label=label)
    right.set(xlabel="$x$", ylim=(-2, 16))
    right.legend(loc="upper left", title="bias")
    return figure


def lasso_paths(regularization_diabetes: Run) -> Figure:
    """Above: contours and the two balls. Below: weights of ten features against λ, lasso and ridge."""
    figure, panels = plt.subplots(2, 2, figsize=(6.0, 5.6), height_ratios=[1, 1.1])
    centre = np.array([0.35, 1.5])
    line = np.linspace(-1.6, 2.4, 81)
    grid = np.stack(np.meshgrid(line, line))
    for axes, power in zip(panels[0], (1, 2), strict=True):
        offset = grid - centre[:, None, None]
        axes.contour(line, line, offset[0] ** 2 + offset[1] ** 2, levels=8, colors="C5", linewidths=0.8)
        size = (np.abs(grid) ** power).sum(0) ** (1 / power)
        axes.contourf(line, line, size, levels=[0, 1], colors=["C0"], alpha=0.25)
        axes.contour(line, line, size, levels=[1], colors=["C0"])
        solution = np.array([0.0, 1.0]) if power == 1 else centre / np.linalg.norm(centre)
        axes.plot(*solution, "o", color="C1")
        axes.plot(*centre, "+", color=plt.rcParams["text.color"])
        axes.set(xlim=(-1.5, 1.9), ylim=(-1.4, 2.2), aspect="equal", xlabel="$w_1$", ylabel="$w_2$")
        axes.set_title(rf"$\|\mathbf{{w}}\|_{power}\leq c$")
    run = regularization_diabetes
    for axes, name in zip(panels[1], ("lasso", "ridge"), strict=True):
        axes.semilogx(run.array("path_penalty"), run.array(f"path_{name}"), linewidth=1.3)
        axes.axhline(0, color="C5", linewidth=0.8)
        axes.set(xlabel=r"$\lambda$", ylim=(-40, 40), title=name)
    panels[1, 0].set_ylabel("weights $w_j$")
    for feature, name in ((1, "sex"), (2, "bmi"), (4, "s1")):
        start = run.array("path_penalty")[0], run.array("path_lasso")[0, feature]
        panels[1, 0].annotate(name, start, (1, 3), textcoords="offset points", fontsize=10)
    return figure


def norms() -> Figure:
    """Left: unit balls of p-norms. Right: minimisers against a for the square and for the absolute value."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(6.0, 3.2))
    angle = np.linspace(0, 2 * np.pi, 401)
    direction = np.stack([np.cos(angle), np.sin(angle)])
    for p, label in ((1, "1"), (1.5, "1.5"), (2, "2"), (np.inf, r"\infty")):
        left.plot(*(direction / np.linalg.norm(direction, ord=p, axis=0)), label=rf"$p={label}$", linewidth=1.5)
    left.set(aspect="equal", xlabel="$w_1$", ylabel="$w_2$", xticks=[-1, 0, 1], yticks=[-1, 0, 1])
    left.legend(loc="center", fontsize=9)
    a = torch.linspace(-3, 3, 301)
    right.plot(a, a, ":", color="C5")
    right.plot(a, a / 2, label=r"$\frac{\lambda}{2}w^2$")
    right.plot(a, softshrink(a, 1.0), label=r"$\lambda|w|$")
    right.set(xlabel="$a$", ylabel="$w$")
    right.legend(loc="upper left")
    return figure


def decay(regularization_decay: Run) -> Figure:
    """Distribution of the sizes of the first layer's weights, for three optimisers."""
    run = regularization_decay
    figure, axes = plt.subplots(figsize=(6.0, 3.2))
    share = np.linspace(0, 1, run.config["quantiles"] + 2)[1:-1]
    names = {"none": "Adam", "l2": "Adam, L2", "decoupled": "AdamW"}
    for i, (name, label) in enumerate(names.items()):
        sizes = run.array(f"{name}_sizes")
        axes.plot(sizes.mean(0), share, color=f"C{i}", label=label)
        axes.fill_betweenx(share, sizes.min(0), sizes.max(0), color=f"C{i}", alpha=0.25, linewidth=0)
    axes.set(xscale="log", xlabel="size of a weight", ylabel="share of the weights below")
    axes.legend(loc="upper left")
    return figure


def bayes() -> Figure:
    """Left: prior, likelihood and posterior of one weight. Right: Gaussian and Laplace prior of equal variance."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(6.0, 3.0))
    generator = torch.Generator().manual_seed(3)
    sigma, tau = 1.0, 0.7
    x = torch.randn(5, generator=generator, dtype=torch.float64)
    y = 1.5 * x + sigma * torch.randn(5, generator=generator, dtype=torch.float64)
    w = np.linspace(-2.5, 4, 400)
    square, product = (x @ x).item(), (x @ y).item()
    precision = square / sigma**2 + 1 / tau**2
    for label, mean, variance in (
        ("prior", 0.0, tau**2),
        ("likelihood", product / square, sigma**2 / square),
        ("posterior", product / sigma**2 / precision, 1 / precision),
    ):
        left.plot(w, np.exp(-((w - mean) ** 2) / (2 * variance)) / np.sqrt(2 * np.pi * variance), label=label)
    left.set(xlabel="$w$", ylabel="density", ylim=(0, 1.4))
    left.legend(loc="upper right", fontsize=10)
    w = np.linspace(-4, 4, 401)
    right.plot(w, np.exp(-(w**2) / 2) / np.sqrt(2 * np.pi), label="Gaussian")
    right.plot(w, np.exp(-np.abs(w) * np.sqrt(2)) / np.sqrt(2), label="Laplace")
    right.set(xlabel=r"$w/\tau$")
    right.legend(loc="upper right", fontsize=10)
    return figure


def early_stopping(regularization: Run) -> Figure:
    """Left: shrinkage by stopping and by ridge. Right: validation losses of five networks, with their minima."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(6.0, 3.4), width_ratios=[1, 1.2])
    u = np.logspace(-2, 2.5, 200)
    left.semilogx(u, 1 - np.exp(-u), label="stopped")
    left.semilogx(u, u / (1 + u), "--", label="ridge")
    left.set(xlabel=r"$u=\eta t s^2$", ylabel="factor")
    left.legend(loc="lower right")
    step, losses = regularization.array("step"), regularization.array("none_validation_loss")
    for loss in losses:
        right.plot(step[1:], loss[1:], color="C0", linewidth=1)
        best = loss.argmin()
        right.plot(step[best], loss[best], "o", color="C1")
    train = regularization.array("none_train_loss").mean(0)
    right.plot(step[1:], train[1:], "--", color="C5")
    right.set(xlabel="step", ylabel="loss (nats)", ylim=(0, 0.9))
    return figure


def dropout(regularization_dropout: Run) -> Figure:
    """Above: loss and accuracy against p. Below: average over masks against one pass without dropout."""
    run = regularization_dropout
    figure, panels = plt.subplots(2, 2, figsize=(6.0, 5.4))
    for axes, name, label in zip(panels[0], ("nll", "accuracy"), ("test loss (nats)", "test accuracy"), strict=True):
        shade(axes, run.array(name), run.config["rates"], marker="o", markersize=4)
        axes.set(xlabel="$p$", ylabel=label)
    masks = run.config["masks"]
    shade(panels[1, 0], run.array("masks_nll"), masks, marker="o", markersize=4, color="C1")
    panels[1, 0].axhline(run.mean("scaled_nll"), color=plt.rcParams["text.color"], linestyle="--", linewidth=1.2)
    shade(panels[1, 1], run.array("masks_distance"), masks, marker="o", markersize=4, color="C1")
    for axes, label in zip(panels[1], ("test loss (nats)", "distance"), strict=True):
        axes.set(xscale="log", xlabel="masks", ylabel=label)
        axes.set_xticks([1, 10, 50], ["1", "10", "50"])
    panels[1, 1].set_ylim(0, None)
    return figure


def augmentation(regularization_augmentation: Run) -> Figure:
    """Left: accuracy against the training angle, for three test angles. Right: sixes and nines taken for another."""
    run = regularization_augmentation
    figure, (left, right) = plt.subplots(1, 2, figsize=(6.0, 3.4), width_ratios=[1.4, 1])
    angles = run.config["angles"]
    for largest in run.config["test_angles"]:
        shade(left, run.array(f"accuracy_{largest:.0f}"), angles, marker="o", markersize=4, label=f"{largest:.0f}°")
    left.set(xlabel="training angle (°)", ylabel="test accuracy", xticks=[0, 60, 120, 180], ylim=(0.35, 1))
    left.legend(loc="lower right", title="test angle")
    shade(right, 100 * run.array("confusion"), angles, color="C3", marker="o", markersize=4)
    right.set(xlabel="training angle (°)", ylabel=r"6 $\leftrightarrow$ 9 (%)", xticks=[0, 60, 120, 180])
    return figure


def ensembles(regularization_ensemble: Run) -> Figure:
    """Loss and accuracy against the number of networks, with and without bootstrap samples."""
    run = regularization_ensemble
    figure, (left, right) = plt.subplots(1, 2, figsize=(6.0, 3.4))
    sizes = run.config["sizes"]
    for i, (kind, label) in enumerate((("initialisation", "initial weights"), ("bagging", "bagging"))):
        shade(left, run.array(f"{kind}_nll"), sizes, color=f"C{i}", label=label, marker="o", markersize=4)
        shade(right, run.array(f"{kind}_accuracy"), sizes, color=f"C{i}", marker="o", markersize=4)
        right.plot(sizes, run.array(f"{kind}_vote_accuracy").mean(0), ":", color=f"C{i}")
    left.set(xlabel="networks $M$", ylabel="test loss (nats)", xticks=sizes)
    right.set(xlabel="networks $M$", ylabel="test accuracy", xticks=sizes)
    left.legend(loc="upper right")
    return figure


def ways(regularization: Run) -> Figure:
    """Gain over no regularisation of every way, seed by seed."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(6.0, 3.6), sharey=True)
    names = {
        "none_stopped": "early stopping", "l2": "L2", "l1": "L1", "dropout": "dropout", "augmentation": "augmentation",
        "together": "three together", "more_data": "4 × data",
    }  # fmt: skip
    for axes, result, scale in ((left, "accuracy", 100), (right, "nll", -1)):
        for row, name in enumerate(names):
            gains = scale * (regularization.result(f"{name}_{result}") - regularization.result(f"none_{result}"))
            axes.barh(row, gains.mean(), color="C0", alpha=0.35, linewidth=0)
            axes.plot(gains, np.full(len(gains), row), "o", color="C0", markersize=4)
        axes.axvline(0, color="C5", linewidth=1)
    left.set(yticks=range(len(names)), yticklabels=names.values(), xlabel="accuracy (points)")
    left.invert_yaxis()
    right.set(xlabel="loss saved (nats)")
    return figure


def _noisy_sine(sets: int, sigma: float) -> tuple[Tensor, Tensor]:
    """Twelve points from -1 to 1, and noisy sines of them, shape (sets, 12)."""
    generator = torch.Generator().manual_seed(0)
    x = torch.linspace(-1, 1, 12, dtype=torch.float64)
    return x, torch.sin(3 * x) + sigma * torch.randn(sets, 12, generator=generator, dtype=torch.float64)


def _draw_sine(axes: Axes, grid: Tensor, x: Tensor, y: Tensor) -> None:
    axes.plot(grid, torch.sin(3 * grid), ":", color="C5")
    axes.plot(x, y, "o", color=plt.rcParams["text.color"], markersize=4)
