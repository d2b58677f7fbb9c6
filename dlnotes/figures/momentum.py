"""Figures of the chapter on momentum."""

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from dlnotes.figures import sequential, shade
from dlnotes.gradient_descent import gradient_descent
from dlnotes.momentum import (
    ema_gain,
    growing_momentum,
    heavy_ball,
    heavy_ball_radius,
    nesterov,
    nesterov_radius,
    noise_floor,
    optimal_heavy_ball,
    optimal_nesterov,
)
from dlnotes.runs import Run

STYLES = {"sgd": ("C5", ":"), "heavy_ball": ("C1", "--"), "nesterov": ("C0", "-")}
LABELS = {"sgd": "gradient descent", "heavy_ball": "heavy ball", "nesterov": "Nesterov"}


def valley() -> Figure:
    """Forty steps of the three methods in a narrow valley."""
    figure, panels = plt.subplots(3, 1, figsize=(6.0, 5.2), sharex=True)
    curvatures, start, steps = torch.tensor([1.0, 50.0]), torch.tensor([-3.0, 0.35]), 40
    f, best = _quadratic(curvatures), optimal_nesterov(1, 50)
    paths = (
        gradient_descent(f, start, 2 / 51, steps),
        heavy_ball(f, start, best.lr, 0.9, steps),
        nesterov(f, start, best.lr, best.momentum, steps),
    )
    for axes, name, path in zip(panels, LABELS, paths, strict=True):
        _contours(axes, curvatures, 3.3, 0.6)
        axes.plot(*path.T, ".-", color=STYLES[name][0], linewidth=1.3, markersize=5)
        axes.set(ylabel=r"$\theta_2$", ylim=(-0.6, 0.6), xlim=(-3.3, 1.7), title=LABELS[name])
    panels[-1].set_xlabel(r"$\theta_1$")
    return figure


def bowl() -> Figure:
    """Left: a hundred steps in a bowl of condition number 50. Right: their loss and the rate that is predicted."""
    figure, (path, loss) = plt.subplots(1, 2, width_ratios=[1.7, 1])
    curvatures, lr, momentum = torch.tensor([1.0, 50.0], dtype=torch.float64), 1.9 / 50, 0.0
    f, start = _quadratic(curvatures), torch.tensor([-1.0, 0.7], dtype=torch.float64)
    points = heavy_ball(f, start, lr, momentum, 100)
    losses = torch.vmap(f)(points) / f(start)
    rate = heavy_ball_radius(lr * curvatures, momentum).max()
    _contours(path, curvatures, 1.25, 1.1)
    path.plot(*points.T, ".-", color="C1", markersize=4, linewidth=1.3)
    path.set(xlabel=r"$\theta_1$", ylabel=r"$\theta_2$", aspect="equal", xlim=(-1.25, 1.25), ylim=(-1.1, 1.1))
    steps = torch.arange(101)
    loss.semilogy(steps, rate ** (2 * steps), "--", color="C5")
    loss.semilogy(steps, losses, color="C1")
    loss.set(
        xlabel="$t$", ylabel=r"$f(\theta_t)\,/\,f(\theta_0)$", ylim=(1e-12, 1e4), yticks=[1e-12, 1e-8, 1e-4, 1, 1e4]
    )
    return figure


def newton() -> Figure:
    """Left: exact motion on a parabola and the heavy ball's points. Right: loss in a valley for several β."""
    figure, (motion, loss) = plt.subplots(1, 2)
    lr, times = 0.04, np.linspace(0, 12, 300)  # λ = m = 1, so that δ = √η
    delta = lr**0.5
    for i, (friction, style) in enumerate(((4.5, "--"), (2.0, "-"), (0.4, "-."))):
        motion.plot(times, _damped(friction, times), style, color=f"C{i}", label=rf"$\gamma={friction}$")
        points = heavy_ball(lambda w: 0.5 * w**2, torch.tensor(1.0), lr, 1 - friction * delta, 60)[::4]
        motion.plot(delta * 4 * np.arange(len(points)), points, "o", color=f"C{i}", markersize=4)
    motion.axhline(0, color="C5", linewidth=0.8)
    motion.set(xlabel="time", ylabel="$e$", ylim=(-0.9, 1.6), yticks=[-0.5, 0, 0.5, 1])
    motion.legend(loc="upper right", ncols=2, columnspacing=1, handlelength=1.5)
    f = _quadratic(torch.tensor([1.0, 50.0], dtype=torch.float64))
    start = torch.ones(2, dtype=torch.float64)
    for i, (momentum, style) in enumerate(((0.0, ":"), (0.5, "--"), (0.75, "-"), (0.98, "-."))):
        path = heavy_ball(f, start, 1 / 50, momentum, 150)
        loss.semilogy(torch.vmap(f)(path), style, color=f"C{i}", label=rf"$\beta={momentum}$")
    loss.set(xlabel="step", ylabel="loss", ylim=(1e-9, 1e7), yticks=[1e-8, 1e-4, 1])
    loss.legend(loc="upper right", ncols=2, columnspacing=1, handlelength=1.5)
    return figure


def damping() -> Figure:
    """Left: stiff gradient under gradient descent and its running mean. Right: gain of the mean by frequency."""
    figure, (series, gain) = plt.subplots(1, 2)
    gradients = gradient_descent(lambda w: 0.5 * w**2, torch.tensor(1.0), 1.9, 25)
    mean, means = 0.0, []
    for gradient in gradients.tolist():
        mean = 0.9 * mean + 0.1 * gradient
        means.append(mean)
    series.plot(gradients, "o-", color="C5", markersize=3, linewidth=0.8, label=r"$g_t$")
    series.plot(means, color="C0", linewidth=2.2, label=r"$m_{t+1}$")
    series.set(xlabel="$t$", ylim=(-1.2, 1.7), yticks=[-1, 0, 1])
    series.legend(loc="upper right", ncols=2)
    frequency = torch.linspace(0, torch.pi, 300)
    for i, (momentum, style) in enumerate(((0.5, "--"), (0.9, "-"), (0.99, "-."))):
        gain.semilogy(frequency, ema_gain(frequency, momentum), style, color=f"C{i}", label=rf"$\beta={momentum}$")
    gain.set(xlabel=r"$\omega$", ylabel="$|c|$", xticks=[0, np.pi / 2, np.pi], ylim=(3e-3, 20), yticks=[0.01, 0.1, 1])
    gain.set_xticklabels(["0", r"$\pi/2$", r"$\pi$"])
    gain.legend(loc="upper right")
    return figure


def floor() -> Figure:
    """Mean square error in the long run against the effective learning rate, by formula and simulated."""
    figure, axes = plt.subplots()
    generator = torch.Generator().manual_seed(0)
    for i, (momentum, style, marker) in enumerate(((0.0, ":", "o"), (0.9, "-", "s"), (0.99, "--", "^"))):
        largest = 0.999 * 2 * (1 + momentum) / (1 - momentum)
        effective = np.geomspace(0.05, largest, 200)
        values = [noise_floor((1 - momentum) * rate, momentum, 1.0, 1.0) for rate in effective]
        axes.loglog(effective, values, style, color=f"C{i}", label=rf"$\beta={momentum}$")
        for rate in (0.1, 0.4, 1.6, 6.4):
            if rate < largest:
                measured = _simulated_floor((1 - momentum) * rate, momentum, generator)
                axes.plot(rate, measured, marker, color=f"C{i}", markersize=6)
    axes.set(xlabel=r"$\eta\lambda/(1-\beta)$", ylabel=r"$\mathrm{E}\,e^2\;\lambda^2/\sigma^2$")
    axes.set(xlim=(0.04, 40), ylim=(0.02, 30))
    axes.legend(loc="upper left")
    return figure


def vectors() -> Figure:
    """One step of the heavy ball and one of Nesterov's method from the same point with the same velocity."""
    curvatures, lr, momentum = torch.tensor([1.0, 6.0]), 0.16, 0.9
    theta, velocity = torch.tensor([-2.2, 0.75]), torch.tensor([1.1, -1.35])
    glide = momentum * velocity
    ahead = theta + glide
    figure, axes = plt.subplots(figsize=(6.0, 3.6))
    _contours(axes, curvatures, 2.7, 1.4)
    _arrow(axes, theta, ahead, "C5", "--")
    for name, at in (("heavy_ball", theta), ("nesterov", ahead)):
        step = -lr * curvatures * at
        _arrow(axes, ahead, ahead + step, STYLES[name][0], "-")
        if name == "heavy_ball":
            _arrow(axes, theta, theta + step, STYLES[name][0], ":")
        axes.plot(*(ahead + step), "o", color=STYLES[name][0], markersize=7, label=LABELS[name])
    ink = plt.rcParams["text.color"]
    for point, text, offset in ((theta, r"$\theta_t$", (-8, 6)), (ahead, r"$\theta_t+\beta\nu_t$", (-74, -10))):
        axes.plot(*point, "o", color=ink, markersize=5)
        axes.annotate(text, point, offset, textcoords="offset points")
    axes.set(xlabel=r"$\theta_1$", ylabel=r"$\theta_2$", xlim=(-2.7, 0.9), ylim=(-1.4, 1.1), aspect="equal")
    axes.legend(loc="upper right")
    return figure


def roots() -> Figure:
    """Roots of the two polynomials in the complex plane for growing h, β = 0.81."""
    figure, panels = plt.subplots(1, 2, sharey=True, figsize=(6.0, 3.4))
    momentum, angle = 0.81, np.linspace(0, 2 * np.pi, 200)
    coefficients = {
        "heavy_ball": (lambda h: (1 + momentum - h, momentum + 0 * h), (0.2, 1.0, 2.6)),
        "nesterov": (lambda h: ((1 + momentum) * (1 - h), momentum * (1 - h)), (0.2, 0.6, 1.0, 1.3)),
    }
    for axes, (name, (polynomial, marked)) in zip(panels, coefficients.items(), strict=True):
        axes.plot(np.cos(angle), np.sin(angle), ":", color=plt.rcParams["text.color"], linewidth=1.2)
        for root in _roots(*polynomial(np.linspace(0, 3.8, 1000))):
            axes.plot(root.real, root.imag, color=STYLES[name][0])
        for value in marked:
            pair = np.array(_roots(*polynomial(value)))
            axes.plot(pair.real, pair.imag, "o", color=STYLES[name][0], markersize=6)
            top = pair[np.argmax(pair.imag + 1e-6 * -pair.real)]
            axes.annotate(f"{value}", (top.real, top.imag), (0, 6), textcoords="offset points", ha="center")
        axes.set(xlabel="Re $z$", xlim=(-1.35, 1.2), ylim=(-1.2, 1.2), aspect="equal", title=LABELS[name])
    panels[0].set_ylabel("Im $z$")
    return figure


def spectrum() -> Figure:
    """Spectral radius over h and β for both methods."""
    figure, panels = plt.subplots(1, 2, sharey=True)
    momentum = torch.linspace(0, 1, 51).unsqueeze(1)
    beta = momentum.flatten()
    borders = ((1 - beta.sqrt()) ** 2, (1 + beta.sqrt()) ** 2), (((1 - beta) / (1 + beta)) ** 2, torch.ones_like(beta))
    radii = heavy_ball_radius, nesterov_radius
    ink = plt.rcParams["text.color"]
    for axes, name, radius, border, end in zip(panels, ("heavy_ball", "nesterov"), radii, borders, (4, 2), strict=True):
        h = torch.linspace(0, end, 81)
        values = radius(h.expand(len(momentum), -1), momentum)
        filled = axes.contourf(h, beta, values.clamp(max=1), np.linspace(0, 1, 6), cmap=sequential())
        lines = axes.contour(h, beta, values, [0.5, 0.7, 0.9, 1.0], colors=[ink], linewidths=[0.8, 0.8, 0.8, 2.2])
        axes.clabel(lines, [0.5, 0.7, 0.9], fontsize=9, fmt="%g")
        for edge in border:
            axes.plot(edge, beta, "--", color="C1", linewidth=1.3)
        axes.set(xlabel=r"$h=\eta\lambda$", xlim=(0, end), ylim=(0, 1), xticks=range(end + 1), title=LABELS[name])
    panels[0].set_ylabel(r"$\beta$")
    figure.colorbar(filled, ax=panels, label=r"$\rho$", ticks=[0, 0.5, 1])
    return figure


def radius() -> Figure:
    """Factor per step against h at β = 0.9."""
    figure, axes = plt.subplots()
    h = torch.logspace(-3, 0.7, 1500, dtype=torch.float64)
    curves = (1 - h).abs(), heavy_ball_radius(h, 0.9), nesterov_radius(h, 0.9)
    for name, curve in zip(LABELS, curves, strict=True):
        colour, style = STYLES[name]
        axes.semilogx(h, curve, style, color=colour, label=LABELS[name])
    axes.axhline(1, color=plt.rcParams["text.color"], linewidth=0.8)
    axes.set(xlabel=r"$h=\eta\lambda$", ylabel=r"$\rho$", ylim=(0, 1.3))
    axes.legend(loc="lower left")
    return figure


def convergence() -> Figure:
    """Left: error with the best constants, κ = 100. Right: steps to a millionth against κ."""
    figure, (errors, counts) = plt.subplots(1, 2)
    ink = plt.rcParams["text.color"]
    for name, (rate, points) in _best_paths(100.0, 150).items():
        colour, style = STYLES[name]
        error = points.norm(dim=1)
        errors.semilogy(error, style, color=colour, label=LABELS[name])
        errors.semilogy(error[0] * rate ** torch.arange(151), ":", color=ink, linewidth=0.8)
    errors.set(xlabel="step", ylabel=r"$\|\mathbf{e}_t\|$", ylim=(1e-11, 5e4))
    errors.legend(loc="upper right", fontsize=9)
    kappas, steps = np.geomspace(3, 300, 6), {name: [] for name in LABELS}
    for kappa in kappas:
        for name, (_, points) in _best_paths(kappa, int(30 + 8 * kappa)).items():
            error = points.norm(dim=1)
            steps[name].append(int((error > 1e-6 * error[0]).nonzero()[-1]) + 1)
    for name, count in steps.items():
        colour, style = STYLES[name]
        counts.loglog(kappas, count, style, marker="o", markersize=4, color=colour)
    counts.loglog(kappas, 7 * kappas, ":", color=ink, linewidth=0.8)
    counts.loglog(kappas, 9.5 * kappas**0.5, ":", color=ink, linewidth=0.8)
    counts.set(xlabel=r"$\kappa$", ylabel="steps")
    return figure


def sublinear() -> Figure:
    """Excess loss after t steps on the chain that is hardest for t steps, and the bounds."""
    figure, axes = plt.subplots()
    counts = np.unique(np.geomspace(2, 300, 14).astype(int))
    excess = {"sgd": [], "nesterov": []}
    for t in counts.tolist():
        size = 2 * t + 1
        best = 1 - torch.arange(1, size + 1, dtype=torch.float64) / (size + 1)
        start = torch.zeros(size, dtype=torch.float64)
        ends = gradient_descent(_chain, start, 0.25, t)[-1], nesterov(_chain, start, 0.25, growing_momentum, t)[-1]
        for values, end in zip(excess.values(), ends, strict=True):
            values.append(((_chain(end) - _chain(best)) / (4 * best.square().sum())).item())
    axes.fill_between(
        counts, 3 / (32 * (counts + 1.0) ** 2), 2 / (counts + 1.0) ** 2, color="C0", alpha=0.15, linewidth=0
    )
    for name, values in excess.items():
        colour, style = STYLES[name]
        axes.loglog(counts, values, style, marker="o", markersize=4, color=colour, label=LABELS[name])
    axes.set(xlabel="$t$", ylabel=r"$(f-f_*)\,/\,(L\|\theta_0-\theta_*\|^2)$")
    axes.legend(loc="lower left")
    return figure


def cycle() -> Figure:
    """Left: a slope with a flat piece and the heavy ball's cycle. Right: positions of two methods."""
    figure, (slope, position) = plt.subplots(1, 2)
    x = torch.linspace(-2.5, 3.5, 400, dtype=torch.float64)
    slope.plot(x, _kinked_slope(x), color=plt.rcParams["text.color"])
    start, steps = torch.tensor(3.3, dtype=torch.float64), 30
    points = {
        "heavy_ball": _descend_kinked(start, *optimal_heavy_ball(1, 25)[:2], 0.0, steps),
        "nesterov": _descend_kinked(start, *optimal_nesterov(1, 25)[:2], 1.0, steps),
    }
    last = points["heavy_ball"][-3:]
    slope.plot(last, _kinked_slope(last), "o", color="C1", markersize=7)
    slope.set(xlabel="$x$", ylabel="$f′(x)$")
    for name, path in points.items():
        colour, style = STYLES[name]
        position.plot(path, style, marker="o", markersize=3, color=colour, label=LABELS[name], linewidth=1.2)
    position.set(xlabel="step", ylabel="$x_t$", ylim=(-3, 5.5))
    position.legend(loc="upper right")
    return figure


def training(momentum: Run) -> Figure:
    """Training loss after the last epoch against the effective learning rate, for two batch sizes."""
    figure, panels = plt.subplots(1, 2, sharey=True)
    for axes, batch in zip(panels, momentum.config["batches"], strict=True):
        for name, (colour, style) in STYLES.items():
            final = momentum.array(f"{name}_{batch}")[..., -1]
            line = {"linestyle": style, "marker": "o", "markersize": 4, "color": colour}
            shade(axes, final, momentum.config["effective_lrs"], label=_short(name), **line)
        axes.set(xscale="log", yscale="log", xlabel=r"$\eta/(1-\beta)$", title=f"$B={batch}$", ylim=(0.25, 13))
    panels[0].set_ylabel("train loss (nats)")
    panels[0].legend(loc="upper left")
    return figure


def epochs(momentum: Run) -> Figure:
    """Training loss against epochs at each method's best learning rate, for two batch sizes."""
    figure, panels = plt.subplots(1, 2, sharey=True)
    for axes, batch in zip(panels, momentum.config["batches"], strict=True):
        for name, (colour, style) in STYLES.items():
            loss = momentum.array(f"{name}_{batch}")
            best = loss[:, loss[..., -1].mean(0).argmin()]
            line = {"linestyle": style, "marker": "o", "markersize": 4, "color": colour}
            shade(axes, best[:, 1:], label=_short(name), **line)
        axes.set(xlabel="epoch", yscale="log", title=f"$B={batch}$", xticks=range(1, best.shape[1]))
        axes.set(yticks=[0.3, 0.5, 1.0], yticklabels=["0.3", "0.5", "1.0"])
        axes.minorticks_off()
    panels[0].set_ylabel("train loss (nats)")
    panels[1].legend(loc="upper right")
    return figure


def _short(name: str) -> str:
    return "SGD" if name == "sgd" else LABELS[name]


def _quadratic(curvatures: torch.Tensor):
    return lambda w: 0.5 * (curvatures * w**2).sum()


def _chain(w: torch.Tensor) -> torch.Tensor:
    """Nesterov's chain with L = 4."""
    return 0.5 * (w[0] ** 2 + w.diff().square().sum() + w[-1] ** 2) - w[0]


def _kinked_slope(x: torch.Tensor) -> torch.Tensor:
    """Slope with the curvatures 25, 1 and 25."""
    return torch.where(x < 1, 25 * x, torch.where(x < 2, x + 24, 25 * x - 24))


def _descend_kinked(start: torch.Tensor, lr: float, momentum: float, ahead: float, steps: int) -> torch.Tensor:
    points, velocity = [start], torch.zeros_like(start)
    for _ in range(steps):
        glide = momentum * velocity
        velocity = glide - lr * _kinked_slope(points[-1] + ahead * glide)
        points.append(points[-1] + velocity)
    return torch.stack(points)


def _roots(total, product) -> tuple:
    """Both roots of z² - total z + product."""
    root = np.sqrt(np.asarray(total**2 - 4 * product, dtype=complex))
    return (total + root) / 2, (total - root) / 2


def _damped(friction: float, times: np.ndarray) -> np.ndarray:
    """Motion from 1 at rest for m = λ = 1."""
    decay = friction / 2
    omega = np.sqrt(complex(1 - decay**2))
    if omega == 0:
        return np.exp(-times) * (1 + times)
    return (np.exp(-decay * times) * (np.cos(omega * times) + decay / omega * np.sin(omega * times))).real


def _simulated_floor(lr: float, momentum: float, generator: torch.Generator) -> float:
    error, velocity, squares = torch.zeros(1000), torch.zeros(1000), []
    for step in range(2000):
        velocity = momentum * velocity - lr * (error + torch.randn(1000, generator=generator))
        error = error + velocity
        if step >= 1000:
            squares.append(error.square().mean())
    return torch.stack(squares).mean().item()


def _best_paths(kappa: float, steps: int) -> dict[str, tuple[float, torch.Tensor]]:
    """Rate and points of each method with its best constants, on a quadratic with eigenvalues from 1 to κ."""
    curvatures = torch.linspace(1, kappa, 7, dtype=torch.float64)
    f, start = _quadratic(curvatures), torch.ones(7, dtype=torch.float64)
    ball, ahead = optimal_heavy_ball(1, kappa), optimal_nesterov(1, kappa)
    return {
        "sgd": ((kappa - 1) / (kappa + 1), gradient_descent(f, start, 2 / (1 + kappa), steps)),
        "heavy_ball": (ball.rate, heavy_ball(f, start, ball.lr, ball.momentum, steps)),
        "nesterov": (ahead.rate, nesterov(f, start, ahead.lr, ahead.momentum, steps)),
    }


def _arrow(axes: Axes, start: torch.Tensor, end: torch.Tensor, colour: str, style: str) -> None:
    arrow = {"arrowstyle": "-|>", "color": colour, "linestyle": style, "linewidth": 1.8, "shrinkA": 0, "shrinkB": 3}
    axes.annotate("", end.tolist(), start.tolist(), arrowprops=arrow)


def _contours(axes: Axes, curvatures: torch.Tensor, width: float, height: float) -> None:
    x, y = torch.meshgrid(torch.linspace(-width, width, 81), torch.linspace(-height, height, 81), indexing="xy")
    loss = 0.5 * (curvatures[0] * x**2 + curvatures[1] * y**2)
    levels = loss.max() * torch.linspace(0.1, 1, 7) ** 2
    axes.contour(x, y, loss, levels=levels.tolist(), colors=[plt.rcParams["text.color"]], alpha=0.3, linewidths=0.8)
