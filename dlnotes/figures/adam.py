"""Figures of the chapter on Adam and adaptive methods."""

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.figure import Figure

from dlnotes.adam import Adagrad, Adam, NormAdam, RMSprop, moving_averages
from dlnotes.figures import sequential, shade
from dlnotes.momentum import SGD
from dlnotes.runs import Run

NAMES = {
    "sgd": "SGD",
    "momentum": "momentum",
    "nesterov": "Nesterov",
    "adagrad": "Adagrad",
    "rmsprop": "RMSprop",
    "adam": "Adam",
    "amsgrad": "AMSGrad",
    "adamw": "AdamW",
}
LINES = dict(zip(NAMES, ("C5-", "C4-", "C2-", "C1-", "C3-", "C0-", "C0:", "C0--"), strict=True))


def sparse(adam_sparse: Run) -> Figure:
    """Left: test loss against the step. Right: distance of the weights from the truth, by bands of features."""
    figure, (loss, distance) = plt.subplots(1, 2)
    edges = np.array(adam_sparse.array("edges"))
    centres = np.sqrt(edges[1:] * edges[:-1])
    steps = np.linspace(0, adam_sparse.config["steps"], 31)[1:]
    for name, colour, style in (("sgd", "C5", "-."), ("adagrad", "C1", "-"), ("adam", "C0", "--")):
        line = {"color": colour, "linestyle": style}
        shade(loss, adam_sparse.array(f"{name}_loss"), steps, **line, label=NAMES[name])
        shade(distance, adam_sparse.array(f"{name}_distance"), centres, **line, marker="o", markersize=4)
    loss.set(xlabel="step", ylabel="test loss (nats)")
    loss.legend(loc="upper right")
    distance.set(xscale="log", xlabel="feature $j$", ylabel=r"mean $|w_j-w_j^*|$", ylim=(0, None))
    return figure


def step_sizes() -> Figure:
    """Gradients of two coordinates, one of which becomes small, and the learning rates that they get."""
    figure, (above, below) = plt.subplots(2, 1, figsize=(6.0, 4.4), sharex=True, height_ratios=[1, 1.5])
    gradients = torch.ones(1000, 2)
    gradients[200:, 1] = 0.01
    for i in range(2):
        above.semilogy(np.arange(1, 1001), gradients[:, i], "--" if i else "-", color=f"C{i}", label=f"$g_{i + 1}$")
    for make, style in ((Adagrad, "-"), (RMSprop, "--")):
        w = torch.zeros(2, requires_grad=True)
        optimizer, rates = make([w], lr=0.01), []
        for gradient in gradients:
            before = w.detach().clone()
            w.grad = gradient
            optimizer.step()
            rates.append((before - w.detach()) / gradient)
        for i, rate in enumerate(torch.stack(rates).T):
            below.semilogy(np.arange(1, 1001), rate, style, color=f"C{i}", label=f"{make.__name__}, $\\theta_{i + 1}$")
    above.set(ylabel="$g_i$", ylim=(0.004, 2.5))
    above.legend(loc="center right", ncols=2)
    below.set(xlabel="step", ylabel="learning rate", ylim=(2e-4, 20))
    below.legend(loc="upper left", ncols=2)
    return figure


def bias() -> Figure:
    """Left: a moving average with and without correction. Right: how much longer steps are without corrections."""
    figure, (average, factor) = plt.subplots(1, 2)
    generator = torch.Generator().manual_seed(0)
    gradients = 2 + 0.5 * torch.randn(50, generator=generator, dtype=torch.float64)
    steps = np.arange(1, 51)
    average.plot(steps, gradients, ".", color="C5", label="$g_t$")
    average.plot(steps, moving_averages(gradients, 0.9, corrected=False), "C1--", label="$m_t$")
    average.plot(steps, moving_averages(gradients, 0.9), "C0-", label=r"$\hat{m}_t$")
    average.set(xlabel="step", ylabel="gradient", ylim=(0, 4.4))
    average.legend(loc="upper right", ncols=3, columnspacing=0.8, handlelength=1.2)
    t = torch.logspace(0, 4, 200, dtype=torch.float64)
    first, second = 1 - 0.9**t, (1 - 0.999**t).sqrt()
    factor.loglog(t, first / second, "C0-", label="without both")
    factor.loglog(t, 1 / second, "C1--", label="without the second")
    factor.loglog(t, first, "C2-.", label="without the first")
    factor.axhline(1, color="C5", linewidth=1)
    factor.set(xlabel="step", ylabel="length / corrected length", ylim=(0.08, 3000))
    factor.legend(loc="upper right")
    return figure


def epsilon() -> Figure:
    """First step of Adam against the size of the gradient for four places of ε."""
    figure, axes = plt.subplots(figsize=(6.0, 3.2))
    g = torch.logspace(-10, 0, 300, dtype=torch.float64)
    eps, rest = 1e-8, 0.001
    curves = {
        r"$\sqrt{\hat{v}}+\varepsilon$": g / (g + eps),
        r"$\sqrt{v}+\hat{\varepsilon}$": rest**0.5 * g / (rest**0.5 * g + eps),
        r"$\sqrt{\hat{v}+\varepsilon}$": g / (g**2 + eps).sqrt(),
        r"$\sqrt{v+\varepsilon}$": rest**0.5 * g / (rest * g**2 + eps).sqrt(),
    }
    for i, ((place, step), style) in enumerate(zip(curves.items(), ("-", "--", "-.", ":"), strict=True)):
        axes.semilogx(g, step, style, color=f"C{i}", label=place)
    axes.axhline(0.5, color="C5", linewidth=1, linestyle=":")
    axes.set(xlabel="$|g|$", ylabel=r"first step / $\eta$")
    axes.legend(loc="upper left")
    return figure


def scale() -> Figure:
    """Paths on c w²/2 for three c: left with momentum, right with Adam."""
    figure, panels = plt.subplots(1, 2, sharey=True)
    makers = (
        ("momentum", lambda params: torch.optim.SGD(params, lr=0.005, momentum=0.9), (1.0, 10.0, 0.1)),
        ("Adam", lambda params: Adam(params, lr=0.02), (1.0, 1000.0, 1e-8)),
    )
    for axes, (title, make, scales) in zip(panels, makers, strict=True):
        for i, (c, style) in enumerate(zip(scales, ("-", "--", "-."), strict=True)):
            points = _descend(make, torch.tensor([[c]], dtype=torch.float64), torch.tensor([1.0]), 150)
            axes.plot(points[:, 0], style, color=f"C{i}", label=f"$c={_power(c)}$", linewidth=1.8 + 1.5 * (i == 0))
        axes.axhline(0, color="C5", linewidth=1)
        axes.set(xlabel="step", title=title, ylim=(-0.9, 1.65))
        axes.legend(loc="upper right", fontsize=10)
    panels[0].set_ylabel("$w_t$")
    return figure


def paths() -> Figure:
    """Paths in a valley along the axes and turned by 45°, elementwise and with one second moment."""
    figure, panels = plt.subplots(2, 2, figsize=(6.0, 5.6), sharex=True, sharey=True)
    half = 0.5**0.5
    turn = torch.tensor([[half, -half], [half, half]], dtype=torch.float64)
    start = torch.tensor([1.0, 0.5], dtype=torch.float64)
    valley = torch.diag(torch.tensor([1.0, 1e4], dtype=torch.float64))
    for row, make in enumerate((Adam, NormAdam)):
        for column, rotation in enumerate((torch.eye(2, dtype=torch.float64), turn)):
            axes = panels[row, column]
            points = _descend(
                lambda params, make=make: make(params, lr=0.02), rotation @ valley @ rotation.T, rotation @ start, 300
            )
            floor = rotation[:, 0]
            axes.plot(*torch.stack([-2 * floor, 2 * floor]).T, ":", color="C5", linewidth=1)
            axes.plot(*points.T, color="C0" if make is Adam else "C1", linewidth=1.3)
            axes.plot(*points[0], "o", color="C5", markersize=5)
            axes.plot(*points[-1], "s", color="C0" if make is Adam else "C1", markersize=5)
            axes.plot(0, 0, "+", color=plt.rcParams["text.color"], markersize=10)
            axes.set(xlim=(-0.5, 1.3), ylim=(-0.6, 1.3), aspect="equal")
    for axes, title in zip(panels[0], (r"$0^\circ$", r"$45^\circ$"), strict=True):
        axes.set_title(title)
    for axes, name in zip(panels[:, 0], (r"$\mathbf{g}\odot\mathbf{g}$", r"$\Vert\mathbf{g}\Vert^2$"), strict=True):
        axes.set_ylabel(name + r",  $\theta_2$")
    for axes in panels[1]:
        axes.set_xlabel(r"$\theta_1$")
    return figure


def bowl() -> Figure:
    """Left: SGD and Adam in a bowl along the axes. Right: their losses; and those after all steps against its angle."""
    figure, panels = plt.subplot_mosaic([["path", "loss"], ["path", "turned"]], width_ratios=[1.6, 1])
    methods = {
        "C1": lambda params: SGD(params, lr=0.5 / 100, momentum=0.9),
        "C0": lambda params: Adam(params, lr=0.1, betas=(0.9, 0.999)),
    }
    x, y = np.meshgrid(np.linspace(-1.25, 1.25, 81), np.linspace(-1.1, 1.1, 81))
    ink = plt.rcParams["text.color"]
    panels["path"].contour(x, y, x**2 + 100 * y**2, [0.09, 0.36, 0.81, 1.44], colors=[ink], alpha=0.3, linewidths=0.8)
    angles = [9.0 * i for i in range(11)]
    for colour, make in methods.items():
        points, losses = _in_bowl(make, 0)
        panels["path"].plot(*points.T, ".-", color=colour, markersize=4, linewidth=1.2)
        panels["loss"].semilogy(losses, color=colour)
        panels["turned"].semilogy(angles, [_in_bowl(make, angle)[1][-1] for angle in angles], color=colour)
    panels["path"].set(xlabel=r"$\theta_1$", ylabel=r"$\theta_2$", aspect="equal", xlim=(-1.25, 1.25), ylim=(-1.1, 1.1))
    panels["loss"].set(xlabel="$t$", ylabel=r"$f_t\,/\,f_0$", ylim=(1e-12, 1e4), yticks=[1e-12, 1e-4, 1e4])
    panels["turned"].set(xlabel=r"$\varphi$", ylabel=r"$f_{200}\,/\,f_0$", ylim=(1e-12, 1e4), yticks=[1e-12, 1e-4, 1e4])
    panels["turned"].set_xticks([0, 45, 90], [r"$0^\circ$", r"$45^\circ$", r"$90^\circ$"])
    return figure


def _in_bowl(make, degrees: float) -> tuple[torch.Tensor, torch.Tensor]:
    """200 points in a bowl of condition number 100 turned by an angle, and their losses in units of the first."""
    angle = np.deg2rad(degrees)
    turn = torch.tensor([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    hessian = turn @ torch.diag(torch.tensor([1.0, 100.0], dtype=torch.float64)) @ turn.T
    points = _descend(make, hessian, turn @ torch.tensor([-1.0, 0.7], dtype=torch.float64), 200)
    losses = (points @ hessian * points).sum(dim=1)
    return points, losses / losses[0]


def amsgrad() -> Figure:
    """Left: x under Adam and AMSGrad on the losses 3x, -x, -x. Right: root of the second moments of the last steps."""
    figure, (position, divisor) = plt.subplots(1, 2)
    total = 3000
    for colour, style, name, switched in (("C1", "-", "Adam", False), ("C0", "--", "AMSGrad", True)):
        x = torch.zeros((), dtype=torch.float64, requires_grad=True)
        optimizer = Adam([x], betas=(0.0, 0.1), eps=0.0, amsgrad=switched)
        points, roots = [], []
        for t in range(1, total + 1):
            optimizer.param_groups[0]["lr"] = 0.5 / t**0.5
            x.grad = torch.tensor(3.0 if t % 3 == 1 else -1.0, dtype=torch.float64)
            optimizer.step()
            x.data.clamp_(-1, 1)
            points.append(x.item())
            roots.append(optimizer.state[x]["max_exp_avg_sq" if switched else "exp_avg_sq"].sqrt().item())
        position.semilogx(np.arange(1, total + 1), points, style, color=colour, label=name)
        divisor.plot(np.arange(-11, 1), roots[-12:], style, marker="o", color=colour, markersize=4)
    position.set(xlabel="step", ylabel="$x_t$", yticks=[-1, 0, 1], ylim=(-1.15, 1.6))
    position.legend(loc="upper left", ncols=2)
    divisor.set(xlabel="steps before the last", ylabel=r"$\sqrt{v_t},\;\sqrt{\bar{v}_t}$", ylim=(0, None))
    return figure


def decay(adam_decay: Run) -> Figure:
    """Validation accuracy over learning rate and λ, with a penalty and decoupled."""
    figure, panels = plt.subplots(1, 2, sharey=True, figsize=(6.0, 3.6))
    config = adam_decay.config
    for axes, name, key, title in zip(
        panels, ("penalty", "decoupled"), ("penalties", "decays"), ("Adam", "AdamW"), strict=True
    ):
        accuracy = adam_decay.array(name).mean(0)
        image = axes.imshow(accuracy, cmap=sequential(), vmin=0.78, vmax=0.84, aspect="auto", origin="lower")
        best = np.unravel_index(accuracy.argmax(), accuracy.shape)
        axes.plot(best[1], best[0], "o", markersize=14, markerfacecolor="none", color="C1", markeredgewidth=2)
        labels = [f"{value:g}" for value in config[key]]
        axes.set_xticks(range(len(labels)), labels, rotation=60)
        axes.set(xlabel=r"$\lambda$", title=title)
    panels[0].set_yticks(range(len(config["lrs"])), [f"{lr:g}" for lr in config["lrs"]])
    panels[0].set_ylabel(r"$\eta$")
    figure.colorbar(image, ax=panels, label="validation accuracy", location="bottom", shrink=0.7, extend="both")
    return figure


def learning_rates(adam: Run) -> Figure:
    """Validation accuracy of every optimiser against its learning rate, mean and range of the tuning seeds."""
    figure, panels = plt.subplots(1, 2, sharey=True, figsize=(6.0, 3.8))
    for axes, key, names in (
        (panels[0], "plain_lrs", ("sgd", "momentum", "nesterov")),
        (panels[1], "adaptive_lrs", ("adagrad", "rmsprop", "adam", "amsgrad", "adamw")),
    ):
        for name in names:
            accuracy = adam.array(f"{name}_validation").T
            shade(axes, accuracy, adam.config[key], **_line(name), label=NAMES[name], marker="o", markersize=3)
        axes.set(xscale="log", xlabel=r"$\eta$", ylim=(0.6, 0.99), yticks=[0.6, 0.7, 0.8, 0.85])
        axes.grid(axis="y")
        axes.legend(loc="upper left", ncols=2, fontsize=10, columnspacing=0.8, handlelength=1.6)
    panels[0].set_ylabel("validation accuracy")
    return figure


def training(adam: Run) -> Figure:
    """Left: training loss of every optimiser at its best learning rate. Right: test accuracy of every seed."""
    figure, (loss, accuracy) = plt.subplots(1, 2, figsize=(6.0, 4.0))
    for i, (name, label) in enumerate(NAMES.items()):
        series = adam.array(f"{name}_train_loss")[:, 1:]
        loss.plot(np.arange(1, series.shape[1] + 1), series.mean(0), **_line(name))
        result = adam.result(f"{name}_accuracy")
        colour = _line(name)["color"]
        accuracy.plot(result, np.full(len(result), i), "o", color=colour, markersize=3, alpha=0.6)
        accuracy.errorbar(result.mean(), i, xerr=result.std(ddof=1), color=colour, marker="|", markersize=12, capsize=4)
        loss.plot([], [], **_line(name), label=label)
    loss.set(xlabel="epoch", ylabel="training loss (nats)", ylim=(0.26, 0.7))
    loss.legend(loc="upper right", fontsize=10)
    accuracy.set_yticks(range(len(NAMES)), NAMES.values())
    accuracy.invert_yaxis()
    accuracy.set(xlabel="test accuracy")
    return figure


def family() -> Figure:
    """The optimisers as a tree: what was added, and what each keeps."""
    figure, axes = plt.subplots(figsize=(6.0, 4.6))
    places = {  # name: (x, y, buffers)
        "SGD": (0.5, 4.0, ""),
        "momentum": (0.14, 3.0, r"$\mathbf{m}$"),
        "Nesterov": (0.14, 2.0, r"$\mathbf{m}$"),
        "Adagrad": (0.86, 3.0, r"$\mathbf{r}$"),
        "RMSprop": (0.86, 2.0, r"$\mathbf{v}$"),
        "Adam": (0.5, 1.0, r"$\mathbf{m},\mathbf{v}$"),
        "AMSGrad": (0.2, 0.0, r"$\mathbf{m},\mathbf{v},\bar{\mathbf{v}}$"),
        "AdamW": (0.8, 0.0, r"$\mathbf{m},\mathbf{v}$"),
    }
    arrows = (
        ("SGD", "momentum", r"$\sum\mu^{t-i}\mathbf{g}_i$", (-0.12, 0.16)),
        ("momentum", "Nesterov", "look-ahead", (-0.16, 0)),
        ("SGD", "Adagrad", r"$\oslash\sqrt{\sum\mathbf{g}\odot\mathbf{g}}$", (0.16, 0.16)),
        ("Adagrad", "RMSprop", "EMA", (0.08, 0)),
        ("momentum", "Adam", "EMA", (0.01, -0.28)),
        ("RMSprop", "Adam", r"$1-\beta^t$", (0.1, -0.22)),
        ("Adam", "AMSGrad", r"$\max$", (-0.09, 0.1)),
        ("Adam", "AdamW", r"$1-\eta\lambda$", (0.11, 0.1)),
    )
    for source, target, label, (dx, dy) in arrows:
        (x1, y1, _), (x2, y2, _) = places[source], places[target]
        axes.annotate(
            "", (x2, y2), (x1, y1), arrowprops={"arrowstyle": "->", "color": "C5", "shrinkA": 24, "shrinkB": 24}
        )
        axes.text((x1 + x2) / 2 + dx, (y1 + y2) / 2 + dy, label, ha="center", va="center", fontsize=11, color="C0")
    for name, (x, y, buffers) in places.items():
        axes.text(x, y, name, ha="center", va="bottom", weight="bold")
        axes.text(x, y - 0.04, buffers, ha="center", va="top")
    axes.set(xlim=(-0.2, 1.08), ylim=(-0.4, 4.4))
    axes.axis("off")
    return figure


def _descend(make, hessian: torch.Tensor, start: torch.Tensor, steps: int) -> torch.Tensor:
    """Points of an optimiser on half the quadratic form of the Hessian."""
    w = start.to(hessian).clone().requires_grad_()
    optimizer, points = make([w]), [w.detach().clone()]
    for _ in range(steps):
        w.grad = (hessian @ w).detach()
        optimizer.step()
        points.append(w.detach().clone())
    return torch.stack(points)


def _power(c: float) -> str:
    return f"{c:g}" if 0.01 < c < 1e4 else f"10^{{{round(np.log10(c))}}}"


def _line(name: str) -> dict:
    return {"color": LINES[name][:2], "linestyle": LINES[name][2:]}
