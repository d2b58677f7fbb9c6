"""Figures of the chapter on gradient descent."""

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from dlnotes.figures import shade
from dlnotes.gradient_descent import (
    contraction,
    cosine_decay,
    gradient_descent,
    linear_warmup,
    noise_floor,
    optimal_lr,
    step_decay,
)
from dlnotes.runs import Run


def directions() -> Figure:
    """Left: gradient field and paths of a quadratic loss. Right: slope of the loss in every direction."""
    figure = plt.figure(figsize=(6.0, 3.2))
    field, polar = figure.add_subplot(121), figure.add_subplot(122, projection="polar")
    hessian = torch.tensor([[1.0, 0.5], [0.5, 2.0]])
    _contours(field, hessian, 2.2)
    line = torch.linspace(-2, 2, 9)
    grid = torch.stack(torch.meshgrid(line, line, indexing="xy"), dim=-1)
    field.quiver(line, line, *(-grid @ hessian).movedim(-1, 0), color="C5", width=0.006)
    for start in ((-2.0, -1.0), (-1.0, 2.0), (2.0, 0.6)):
        _path(field, gradient_descent(_quadratic(hessian), torch.tensor(start), 0.15, 30), "C0")
    field.set(xlabel=r"$\theta_1$", ylabel=r"$\theta_2$", aspect="equal")

    gradient = hessian @ torch.tensor([1.5, -0.4])
    angle = torch.linspace(0, 2 * np.pi, 361)
    slope = torch.stack([angle.cos(), angle.sin()], dim=1) @ gradient
    polar.plot(angle, slope.clamp(min=0), color="C1", label="$>0$")
    polar.plot(angle, (-slope).clamp(min=0), color="C0", label="$<0$")
    polar.plot([torch.atan2(gradient[1], gradient[0])] * 2, [0, gradient.norm()], color="C5", linestyle="--")
    polar.set(xticklabels=[], yticklabels=[], title=r"$|\mathbf{u}^\top\nabla f|$")
    polar.legend(loc="lower left", bbox_to_anchor=(-0.2, -0.15))
    return figure


def learning_rates() -> Figure:
    """Paths on the contours of a quadratic with κ = 10, for four step sizes in units of 2 / λ_max."""
    hessian = torch.diag(torch.tensor([1.0, 10.0]))
    figure, panels = plt.subplots(2, 2, figsize=(6.0, 4.0), sharex=True, sharey=True)
    for axes, share in zip(panels.flat, (0.1, 0.5, 0.95, 1.02), strict=True):
        _contours(axes, hessian, 3.0)
        _path(axes, gradient_descent(_quadratic(hessian), torch.tensor([-2.6, 0.6]), share * 0.2, 20), "C0")
        axes.set(title=rf"$\eta={share}\cdot 2/\lambda_{{\max}}$", xlim=(-3, 3), ylim=(-1.2, 1.2))
    for axes in panels[1]:
        axes.set_xlabel(r"$\theta_1$")
    for axes in panels[:, 0]:
        axes.set_ylabel(r"$\theta_2$")
    return figure


def step_sizes() -> Figure:
    """Left: loss against the step for w², L = 2. Right: its change in one step against the step size."""
    figure, (left, right) = plt.subplots(1, 2)
    start = torch.tensor(1.0, dtype=torch.float64)
    for i, (lr, style) in enumerate(((0.1, "-"), (0.9, "--"), (1.0, ":"), (1.1, "-."))):
        loss = gradient_descent(lambda w: w**2, start, lr, 20).square()
        left.semilogy(loss, style, color=f"C{i}", label=rf"$\eta={lr}$")
    left.set(xlabel="step", ylabel="$f(w_t)$", xticks=[0, 5, 10, 15, 20])
    left.legend(loc="lower left")
    lr = torch.linspace(0, 1.15, 100)
    right.plot(lr, (1 - 2 * lr) ** 2 - 1)
    right.axhline(0, color="C5", linewidth=1)
    right.axvline(1, color="C5", linewidth=1, linestyle=":")
    right.set(xlabel=r"$\eta$", ylabel=r"$f(w_1)-f(w_0)$")
    right.annotate("$2/L$", (1, -0.6), (-4, 0), textcoords="offset points", ha="right")
    return figure


def rates() -> Figure:
    """Left: error of gradient descent for three condition numbers. Right: rate against step size."""
    figure, (left, right) = plt.subplots(1, 2)
    for i, kappa in enumerate((4, 20, 100)):
        eigenvalues = torch.linspace(1, kappa, 6, dtype=torch.float64)
        hessian, start = torch.diag(eigenvalues), torch.ones(6, dtype=torch.float64)
        points = gradient_descent(_quadratic(hessian), start, optimal_lr(hessian).item(), 100)
        rate = (kappa - 1) / (kappa + 1)
        error = points.norm(dim=1)
        left.semilogy(error, color=f"C{i}", label=rf"$\kappa={kappa}$")
        left.semilogy(error[0] * rate ** torch.arange(101), ":", color=plt.rcParams["text.color"], linewidth=1.2)
        share = torch.linspace(0.005, 1.1, 300, dtype=torch.float64)
        right.plot(share, contraction(share * 2 / kappa, eigenvalues), color=f"C{i}")
        right.plot(kappa / (1 + kappa), rate, "o", color=f"C{i}")
    left.set(xlabel="step", ylabel=r"$\|\mathbf{e}_t\|$", ylim=(1e-8, 10))
    left.legend(loc="lower right")
    right.axhline(1, color="C5", linewidth=1)
    right.set(xlabel=r"$\eta\,\lambda_{\max}/2$", ylabel=r"$\max_i|1-\eta\lambda_i|$", ylim=(0, 1.25))
    return figure


def ill_conditioned() -> Figure:
    """Left: zigzag across a valley, κ = 25. Right: change of the loss in one step by the expansion, for three H."""
    figure, (left, right) = plt.subplots(1, 2)
    hessian = torch.diag(torch.tensor([1.0, 25.0]))
    _contours(left, hessian, 1.3)
    _path(left, gradient_descent(_quadratic(hessian), torch.tensor([-1.2, 0.25]), 0.075, 25), "C0")
    left.set(xlabel=r"$\theta_1$", ylabel=r"$\theta_2$", xlim=(-1.3, 0.3), ylim=(-0.4, 0.4))
    lr = torch.logspace(-3, 0.5, 300)
    for i, curvature in enumerate((1, 10, 100)):
        right.semilogx(lr, -lr + 0.5 * curvature * lr**2, color=f"C{i}", label=rf"$r={curvature}$")
    right.axhline(0, color="C5", linewidth=1)
    right.set(xlabel=r"$\eta$", ylabel=r"$\Delta f\,/\,\|\mathbf{g}\|^2$", ylim=(-0.6, 0.6))
    right.legend(loc="lower left")
    return figure


def scaling(gradient_descent: Run) -> Figure:
    """Above: paths on the contours for a feature in its unit, and one five times as large. Below: the penguins."""
    figure = plt.figure(figsize=(6.0, 5.2))
    grid = figure.add_gridspec(2, 2, height_ratios=[1, 1.1])
    curvatures = torch.tensor([1.0, 1.0])
    for column, unit in enumerate((1.0, 5.0)):
        axes = figure.add_subplot(grid[0, column])
        hessian = torch.diag(curvatures * torch.tensor([1.0, unit**2]))
        start = torch.tensor([-1.6, 1.2 / unit])
        _contours(axes, hessian, 2.0, height=2.0 / unit)
        _path(axes, _descend(hessian, start, 1.9 / unit**2 if unit > 1 else 0.5), "C0")
        axes.set(xlabel=r"$\theta_1$", ylabel=r"$\theta_2$", title=rf"$\kappa={unit**2:.0f}$")
        axes.set(xlim=(-2, 2), ylim=(-2 / unit, 2 / unit))
    axes = figure.add_subplot(grid[1, :])
    for i, (name, style) in enumerate((("raw", "-"), ("centred", "--"), ("standardised", "-."))):
        excess = np.maximum(gradient_descent.array(f"{name}_excess"), 1e-8)
        axes.loglog(np.arange(len(excess)) + 1, excess, style, color=f"C{i}", label=name)
    axes.set(xlabel="step + 1", ylabel="excess loss (kg$^2$)", ylim=(1e-7, 30))
    axes.legend(loc="lower left")
    return figure


def basins() -> Figure:
    """Above: a double well. Below: where gradient descent is after 500 steps, against where it started."""
    w = torch.linspace(-1.7, 1.7, 341, dtype=torch.float64)
    figure, (loss, ends) = plt.subplots(2, 1, figsize=(6.0, 4.2), sharex=True, height_ratios=[1, 1.2])
    loss.plot(w, _double_well(w), color=plt.rcParams["text.color"])
    loss.set(ylabel="$f(w)$")
    for colour, lr, marker in (("C0", 0.1, "o"), ("C1", 1.0, "x")):
        points = gradient_descent(lambda w: _double_well(w).sum(), w, lr, 500)[-2:]
        for last, label in zip(points, (rf"$\eta={lr}$", None), strict=True):  # two steps, to show oscillation
            ends.plot(w, last, marker, color=colour, markersize=3, label=label)
    ends.set(xlabel="$w_0$", ylabel="$w_{499}, w_{500}$", yticks=[-1, 0, 1])
    ends.legend(loc="center right")
    return figure


def exchange(gradient_descent: Run) -> Figure:
    """Loss on the straight line between a trained network and the same network with its hidden units exchanged."""
    lines = gradient_descent.array("exchanged_loss")
    share = np.linspace(0, 1, lines.shape[1])
    figure, axes = plt.subplots(figsize=(6.0, 3.0))
    axes.plot(share, lines.T, color="C0", alpha=0.8)
    axes.set(xlabel="share of the exchanged network", ylabel="loss (nats)", ylim=(0, None))
    return figure


def saddle(gradient_descent: Run) -> Figure:
    """Left: paths past the saddle of x² - y². Right: index and loss of all critical points of a linear autoencoder."""
    figure, (left, right) = plt.subplots(1, 2)
    line = torch.linspace(-1.5, 1.5, 61)
    x, y = torch.meshgrid(line, line, indexing="xy")
    left.contour(line, line, x**2 - y**2, levels=12, colors=[plt.rcParams["text.color"]], alpha=0.35, linewidths=0.8)
    for i, offset in enumerate((0.2, 0.01, -0.0001)):
        points = [torch.tensor([1.4, offset])]
        while len(points) < 400 and points[-1].abs()[1] < 1.5:
            points.append(points[-1] - 0.05 * torch.tensor([2.0, -2.0]) * points[-1])
        label = rf"$y_0={offset}$: {len(points) - 1}"
        left.plot(*torch.stack(points).T, ".-", color=f"C{i}", linewidth=1, markersize=4, label=label)
    left.set(xlabel="$x$", ylabel="$y$", xlim=(-0.5, 1.5), ylim=(-1.5, 2.9), yticks=[-1, 0, 1])
    left.legend(loc="upper right", fontsize=10)
    index, loss = gradient_descent.array("critical_index"), gradient_descent.array("critical_loss")
    right.plot(loss, index, "o", color="C0")
    right.plot(loss[index == 0], index[index == 0], "D", color="C1", markersize=9)
    right.set(xlabel="loss", ylabel="negative eigenvalues", ylim=(-0.5, 8.5), xlim=(0, 2.2))
    right.grid()
    return figure


def energy() -> Figure:
    """A ball in a double well: without inertia it stops in the first valley, with little friction it may leave it."""
    figure, (position, total) = plt.subplots(1, 2)
    duration, dt = 30.0, 0.01
    times = np.arange(0, duration, dt)
    for i, (friction, label) in enumerate(((None, "no inertia"), (0.1, r"$\gamma=0.1$"), (1.0, r"$\gamma=1$"))):
        w, v, path, energies = -1.6, 0.0, [], []
        for _ in times:
            path.append(w)
            energies.append(_double_well(w) + 0.5 * v * v)
            force = -(w * (w * w - 1) + 0.1)
            if friction is None:
                w += dt * force
            else:
                v += dt * (force - friction * v)  # semi-implicit Euler: velocity first
                w += dt * v
        style = ("-", "--", "-.")[i]
        position.plot(times, path, style, color=f"C{i}", label=label)
        total.plot(times, energies, style, color=f"C{i}")
    position.set(xlabel="time", ylabel="$w$", ylim=(-1.8, 2.9), yticks=[-1, 0, 1])
    position.legend(loc="upper right")
    total.set(xlabel="time", ylabel=r"$E+\frac{1}{2}v^2$")
    return figure


def clipping(gradient_descent_clipping: Run) -> Figure:
    """Left: loss of a recurrent unit against its weight has a cliff. Right: loss of networks against learning rate."""
    figure, (cliff, rates) = plt.subplots(1, 2)
    w = torch.linspace(3, 7, 800, dtype=torch.float64)
    h = torch.zeros_like(w)
    for _ in range(50):
        h = torch.sigmoid(w * h - 2.5)
    cliff.plot(w, 0.5 * (h - 0.7) ** 2)
    cliff.set(xlabel="$w$", ylabel=r"$\frac{1}{2}(h_{50}-0.7)^2$")
    lrs = gradient_descent_clipping.config["lrs"]
    for name, colour, style, label in (("free", "C1", "--", "free"), ("clipped", "C0", "-", "clipped")):
        final = gradient_descent_clipping.array(f"{name}_loss")[..., -1]
        rates.plot(lrs, np.median(final, axis=0), style, color=colour, label=label)
        for losses in final:
            rates.plot(lrs, losses, "o" if name == "clipped" else "x", color=colour, markersize=4)
    rates.set(xscale="log", yscale="log", xlabel=r"$\eta$", ylabel="test loss")
    rates.legend(loc="upper left")
    return figure


def growth() -> Figure:
    """Length of a vector under one matrix many times, and under as many different random ones; ten draws each."""
    generator = torch.Generator().manual_seed(0)
    size, depth, draws = 64, 100, 10
    figure, (same, different) = plt.subplots(1, 2, sharey=True)
    normal = {"generator": generator, "dtype": torch.float64}
    for colour, scale, style in (("C1", 1.1, "-"), ("C5", 1.0, "-"), ("C0", 0.9, "-")):
        lengths = {"same": [], "different": []}
        for _ in range(draws):
            start = torch.randn(size, **normal)
            matrix = torch.randn(size, size, **normal)
            matrix *= scale / torch.linalg.eigvals(matrix).abs().max()
            ways = {"same": start, "different": start}
            tracks = {"same": [1.0], "different": [1.0]}
            for _ in range(depth):
                ways["same"] = matrix @ ways["same"]
                ways["different"] = scale * torch.randn(size, size, **normal) @ ways["different"] / size**0.5
                for name, vector in ways.items():
                    tracks[name].append((vector.norm() / start.norm()).item())
            for name, track in tracks.items():
                lengths[name].append(track)
        for axes, name, label in ((same, "same", r"$\rho"), (different, "different", r"$s")):
            shade(axes, lengths[name], np.arange(depth + 1), linestyle=style, color=colour, label=f"{label}={scale}$")
    same.set(yscale="log", xlabel="$t$", ylabel="relative length", ylim=(1e-6, 1e6))
    different.set(xlabel="$L$")
    for axes in (same, different):
        axes.legend(loc="upper left")
    return figure


def noise() -> Figure:
    """Left: noisy descent wanders around the minimum. Right: mean square error in the long run against step size."""
    generator = torch.Generator().manual_seed(0)
    figure, (cloud, floor) = plt.subplots(1, 2)
    hessian = torch.diag(torch.tensor([1.0, 4.0]))
    _contours(cloud, hessian, 1.6)
    for colour, lr in (("C1", 0.3), ("C0", 0.03)):
        theta, points = torch.tensor([-1.4, 0.7]), []
        for _ in range(400):
            points.append(theta)
            theta = theta - lr * (hessian @ theta + torch.randn(2, generator=generator))
        cloud.plot(*torch.stack(points).T, "-", color=colour, linewidth=0.7, label=rf"$\eta={lr}$")
    cloud.set(xlabel=r"$\theta_1$", ylabel=r"$\theta_2$", xlim=(-1.6, 1.6), ylim=(-1.2, 1.9))
    cloud.legend(loc="upper right")

    lrs = np.logspace(-2, np.log10(1.9), 60)
    for i, batch in enumerate((1, 4, 16)):
        floor.loglog(lrs, [noise_floor(lr, 1.0, 1 / batch) for lr in lrs], color=f"C{i}", label=f"$B={batch}$")
        measured = []
        for lr in lrs[5::9]:
            error, squares = torch.zeros(500), []
            for step in range(1000):
                error = error - lr * (error + torch.randn(500, generator=generator) / batch**0.5)
                if step >= 500:
                    squares.append(error.square().mean())
            measured.append(torch.stack(squares).mean())
        floor.loglog(lrs[5::9], measured, "o", color=f"C{i}", markersize=4)
    floor.set(xlabel=r"$\eta\lambda$", ylabel=r"$\mathrm{E}\,e^2\;\lambda^2/\sigma^2$")
    floor.legend(loc="upper left")
    return figure


def lr_range(gradient_descent_batch: Run) -> Figure:
    """Training loss after the last epoch against the learning rate, for three batch sizes."""
    config = gradient_descent_batch.config
    figure, axes = plt.subplots()
    for i, (batch, style) in enumerate(zip(config["batches"], ("-", "--", "-."), strict=True)):
        final = gradient_descent_batch.array(f"loss_{batch}")[..., -1]
        shade(
            axes, final, config["lrs"], linestyle=style, marker="o", markersize=4, color=f"C{i}", label=f"$B={batch}$"
        )
    axes.axhline(np.log(10), color="C5", linewidth=1, linestyle=":")
    axes.annotate("$\\log 10$", (config["lrs"][0], np.log(10)), (0, 4), textcoords="offset points")
    axes.set(xscale="log", yscale="log", xlabel=r"$\eta$", ylabel="train loss (nats)", ylim=(None, 40))
    axes.legend(loc="upper left", ncols=3)
    return figure


def batch_size(gradient_descent_batch: Run) -> Figure:
    """Training loss at the best learning rate of each batch size, against epochs and against computing time."""
    config = gradient_descent_batch.config
    figure, (epochs, seconds) = plt.subplots(1, 2, sharey=True)
    times = gradient_descent_batch.array("seconds_per_epoch")
    for i, (batch, style) in enumerate(zip(config["batches"], ("-", "--", "-."), strict=True)):
        loss = gradient_descent_batch.array(f"loss_{batch}")
        loss = loss[:, loss[..., -1].mean(0).argmin()]
        count = np.arange(loss.shape[1])
        line = {"linestyle": style, "marker": "o", "markersize": 4, "color": f"C{i}"}
        shade(epochs, loss, count, label=f"$B={batch}$", **line)
        shade(seconds, loss[:, 1:], count[1:] * times[i], **line)
    epochs.set(xlabel="epoch", ylabel="train loss (nats)", yscale="log")
    seconds.set(xlabel="s", xscale="log")
    epochs.legend(loc="upper right")
    return figure


def schedules(gradient_descent_schedule: Run) -> Figure:
    """Left: the four schedules. Right: training loss under each, at its best peak learning rate."""
    figure, (factor, loss) = plt.subplots(1, 2)
    total = 200
    cosine = np.array([cosine_decay(t, total) for t in range(total)])
    warmup = np.array([linear_warmup(t, round(0.05 * total)) for t in range(total)])
    curves = {
        "constant": np.ones(total),
        "step": [step_decay(max(0, t - total // 4), total // 4) for t in range(total)],
        "cosine": cosine,
        "warm-up, cosine": warmup * cosine,
    }
    measured = gradient_descent_schedule.array("train_loss")
    for i, ((name, values), style) in enumerate(zip(curves.items(), ("-", "--", "-.", ":"), strict=True)):
        factor.plot(np.arange(total) / total, values, style, color=f"C{i}", label=name)
        peak = measured[:, i, :, -1].mean(0).argmin()
        series = measured[:, i, peak, 1:]
        shade(loss, series, color=f"C{i}", linestyle=style)
    factor.set(xlabel="$t/T$", ylabel=r"$\eta_t/\eta_{\mathrm{peak}}$", ylim=(-0.03, 1.75), yticks=[0, 0.5, 1])
    factor.legend(loc="upper right")
    loss.set(xlabel="epoch", ylabel="train loss (nats)")
    return figure


def _quadratic(hessian: torch.Tensor):
    return lambda theta: 0.5 * theta @ hessian @ theta


def _double_well(w):
    return 0.25 * (w**2 - 1) ** 2 + 0.1 * w


def _descend(hessian: torch.Tensor, start: torch.Tensor, lr: float) -> torch.Tensor:
    return gradient_descent(_quadratic(hessian), start, lr, 25)


def _contours(axes: Axes, hessian: torch.Tensor, width: float, height: float | None = None) -> None:
    """Level lines of a quadratic loss around 0."""
    x, y = torch.linspace(-width, width, 121), torch.linspace(-(height or width), height or width, 121)
    grid = torch.stack(torch.meshgrid(x, y, indexing="xy"), dim=-1)
    loss = 0.5 * torch.einsum("...i,ij,...j", grid, hessian, grid)
    levels = loss.max() * torch.linspace(0.05, 1, 9) ** 2
    axes.contour(x, y, loss, levels=levels, colors=[plt.rcParams["text.color"]], alpha=0.35, linewidths=0.8)
    axes.plot(0, 0, "+", color=plt.rcParams["text.color"])


def _path(axes: Axes, points: torch.Tensor, colour: str) -> None:
    axes.plot(*points.T, ".-", color=colour, linewidth=1.2, markersize=5)
