"""Figures of the chapter on the physics of diffusion: flux, the equation, the limit, and the ways back."""

import math

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.figure import Figure

from dlnotes.diffusion_physics import Mixture, boltzmann, flux, transition_rates
from dlnotes.figures import frame, shade
from dlnotes.runs import Run

GREY, INK = "C5", "text.color"


def _double(*values) -> tuple[torch.Tensor, ...]:
    return tuple(torch.tensor(value, dtype=torch.float64) for value in values)


def _example() -> Mixture:
    """The running example: what the record's configuration says."""
    return Mixture(*_double([0.35, 0.65], [-1.5, 1.0], [0.04, 0.09]))


def _grid(low: float, high: float, points: int = 301) -> torch.Tensor:
    return torch.linspace(low, high, points, dtype=torch.float64)


def _well(x: torch.Tensor) -> torch.Tensor:
    """The potential of experiment diffusion_physics_well, in units of k_BT."""
    return 3 * (x**2 - 1) ** 2 + 0.5 * x


def _arrows(axes, x, lengths, height: float, **style) -> None:
    """Horizontal arrows at a height, centred on x."""
    axes.quiver(
        x - lengths / 2, np.full_like(x, height), lengths, np.zeros_like(x), angles="xy", scale_units="xy", scale=1,
        width=0.008, headwidth=4, headlength=4, headaxislength=4, **style,
    )  # fmt: skip


def noising() -> Figure:
    """The law of the running example in a trap, frame by frame."""
    figure, axes = plt.subplots(figsize=(6, 3))
    x, data = _grid(-4, 4, 161), _example()
    axes.plot(x, data.log_density(x).exp(), "--", color=GREY, linewidth=1.2)
    for number, t in enumerate([0.0, 0.02, 0.05, 0.1, 0.2, 0.35, 0.6, 1.0, 1.6, 3.0]):
        density = data.after(t, 1.0, 1.0).log_density(x).exp()
        area = axes.fill_between(x, density, color="C0", alpha=0.25, linewidth=0)
        (line,) = axes.plot(x, density, color="C0")
        frame(number, area, line, axes.text(2.4, 0.8, f"t = {t:g}"))
    axes.set(xlabel="x", ylabel="p", ylim=(0, 1))
    return figure


def _crowded() -> tuple[torch.Tensor, ...]:
    """Grid, equilibrium in two wells, a density with too many in the right well, and the latter's flux at D = 1."""
    x = _grid(-1.9, 1.9, 381).requires_grad_()
    equilibrium = torch.exp(-_well(x)) / torch.exp(-_well(x.detach())).sum() / 0.01
    density = equilibrium * 1.5 * torch.sigmoid(4 * x)
    density = density / density.sum().detach() / 0.01
    (slope,) = torch.autograd.grad(density.sum(), x, retain_graph=True)
    (force,) = torch.autograd.grad(-_well(x).sum(), x)
    density = density.detach()
    return x.detach(), equilibrium.detach(), density, flux(density, slope, force, 1.0, 1.0)


def current() -> Figure:
    """A potential, two densities, and the flux of the one that is not in equilibrium."""
    figure, (top, bottom) = plt.subplots(2, 1, figsize=(6, 4.6), sharex=True, height_ratios=(2, 1))
    x, equilibrium, density, j = _crowded()
    top.plot(x, equilibrium, "--", color="C1", label="$p \\propto e^{-U/k_BT}$")
    top.plot(x, density, color="C0", label="$p$")
    top.set(ylabel="p", ylim=(0, 2.4))
    top.legend(loc="upper left")
    energy = top.twinx()
    energy.plot(x, _well(x), color=GREY, linewidth=1)
    energy.set(ylabel="U / $k_BT$", ylim=(-1, 12))
    energy.spines["right"].set_visible(True)
    places = slice(60, 341, 40)
    scale = 0.5 / j.abs().max()
    _arrows(top, x[places].numpy(), (scale * j[places]).numpy(), 0.1, color="C0")
    bottom.plot(x, j, color="C0")
    bottom.plot(x, 0 * x, "--", color="C1")
    bottom.set(xlabel="x", ylabel="j")
    return figure


def spreading(diffusion_physics_spread: Run) -> Figure:
    """Clouds of walkers in the plane, and mean square distances in three dimensions."""
    run = diffusion_physics_spread
    figure, (left, right) = plt.subplots(1, 2, figsize=(6.4, 3.2))
    D = run.config["hop"] ** 2 / (2 * run.config["interval"])
    angle = np.linspace(0, 2 * math.pi, 100)
    jitter = np.random.default_rng(0).uniform(-0.5, 0.5, run.array("cloud").shape) * run.config["hop"]
    for cloud, shift, hops, colour in zip(
        run.array("cloud"), jitter, run.config["moments"], ("C1", "C2", "C0"), strict=True
    ):
        t = hops * run.config["interval"]
        radius = math.sqrt(4 * D * t)
        order = 3 - t / 4
        left.plot(*(cloud + shift).T, ".", color=colour, markersize=2, zorder=order)
        left.plot(radius * np.cos(angle), radius * np.sin(angle), color=colour, label=f"t = {t:g}", zorder=5)
    left.set(xlabel="$x_1$", ylabel="$x_2$", aspect="equal", xlim=(-7, 7), ylim=(-7, 12))
    left.legend(loc="upper right", fontsize=9, borderaxespad=0)
    times = run.array("times")
    for d, colour in zip((1, 2, 3), ("C0", "C1", "C2"), strict=True):
        right.plot(times, 2 * d * D * times, color=colour, linewidth=1, label=f"d = {d}")
        right.plot(times, run.array(f"square_{d}").mean(0), "o", color=colour, markersize=4)
    right.set(xlabel="t", ylabel="mean of $|x - x_0|^2$")
    right.legend()
    return figure


def cells() -> Figure:
    """Stationary probabilities of wide cells by central differences and by the exponential fit."""
    figure, axes = plt.subplots(figsize=(6, 3))
    x = _grid(-1.75, 1.75, 8)
    potential = 8 * x**2
    climb = potential.diff()
    central = (1 - climb / 2).diag(-1) + (1 + climb / 2).diag(1)
    for rates, style in (
        (central - central.sum(dim=0).diag(), {"color": "C1", "marker": "s", "label": "central differences"}),
        (transition_rates(potential, 0.5, 1.0, 1.0), {"color": "C0", "marker": "o", "label": "Scharfetter–Gummel"}),
    ):
        stationary = torch.linalg.svd(rates).Vh[-1]
        axes.plot(x, stationary / stationary.sum(), linewidth=1, **style)
    axes.plot(x, boltzmann(potential, 1.0), "x", color=plt.rcParams[INK], markersize=9, label="$e^{-U/k_BT}$")
    axes.axhline(0, color=GREY, linewidth=0.8)
    axes.set(xlabel="x", ylabel="P", ylim=(-0.3, 1))
    axes.legend(loc="upper left", fontsize=10)
    return figure


def well(diffusion_physics_well: Run) -> Figure:
    """Histograms of particles and solution of the equation at four times."""
    run = diffusion_physics_well
    figure, panels = plt.subplots(2, 2, figsize=(6.4, 4.4), sharex=True)
    edges = np.linspace(*run.config["edges"])
    width = edges[1] - edges[0]
    counted = run.array("histogram").mean(0) / width
    for axes, t, bars, solution in zip(panels.flat, run.config["times"], counted, run.array("equation"), strict=True):
        axes.stairs(bars, edges, fill=True, color="C0", alpha=0.35)
        axes.plot((edges[:-1] + edges[1:]) / 2, solution / width, color="C1", linewidth=1.3)
        axes.set_title(f"t = {t:g}")
    for axes in panels[1]:
        axes.set(xlabel="x", xlim=(-2, 2))
    for axes in panels[:, 0]:
        axes.set(ylabel="p")
    return figure


def well_error(diffusion_physics_well: Run) -> Figure:
    """Distance between histogram and equation against the number of particles."""
    run = diffusion_physics_well
    figure, axes = plt.subplots(figsize=(6, 3.2))
    sizes = np.array(run.config["sizes"])
    shade(axes, run.array("error_long"), sizes, color="C1", marker="s", label=f"τ = {run.config['long_step']}")
    shade(axes, run.array("error"), sizes, color="C0", marker="o", label=f"τ = {run.config['step']}")
    shares = run.array("equation")[-1]
    drawn = [np.sqrt(shares * (1 - shares) / (2 * math.pi * size)).sum() for size in sizes]  # half of E|deviation|
    axes.plot(sizes, drawn, ":", color=plt.rcParams[INK])
    axes.set(xscale="log", yscale="log", xlabel="particles", ylabel="share in the wrong bin")
    axes.legend()
    return figure


def limits() -> Figure:
    """Two peaks under pure diffusion and in a trap."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(6.4, 3.2), sharey=True)
    data = Mixture(*_double([0.5, 0.5], [4.0, 6.0], [0.1, 0.1]))
    for axes, rate, times, reach in (
        (left, 0.0, (0.0, 0.3, 2.0, 20.0), (-9, 19)),
        (right, 1.0, (0.0, 0.3, 1.0, 5.0), (-4, 8)),
    ):
        x = _grid(*reach, 401)
        for t, colour in zip(times, ("C5", "C3", "C1", "C0"), strict=True):
            axes.plot(x, data.after(t, rate, 1.0).log_density(x).exp(), color=colour, label=f"t = {t:g}")
        axes.set(xlabel="x")
        axes.legend(fontsize=10)
    right.plot(x, torch.exp(-(x**2) / 2) / math.sqrt(2 * math.pi), ":", color=plt.rcParams[INK], zorder=5)
    left.set(ylabel="p")
    left.set_title("θ = 0")
    right.set_title("θ = 1")
    return figure


def forgetting() -> Figure:
    """Divergence from the law that the way back begins with, against time."""
    figure, axes = plt.subplots(figsize=(6, 3.4))
    times = np.geomspace(0.1, 100, 40)
    cases = (
        ("θ = 0, mean 5", [4.0, 6.0], 0.0, "C1"),
        ("θ = 0, centred", [-1.0, 1.0], 0.0, "C3"),
        ("θ = 1, mean 5", [4.0, 6.0], 1.0, "C0"),
    )
    for label, means, rate, colour in cases:
        data = Mixture(*_double([0.5, 0.5], means, [0.1, 0.1]))
        found = []
        for t in times:
            p, end = data.after(t, rate, 1.0), 2 * t if rate == 0 else 1.0
            reach = float(p.means.abs().max() + 12 * p.variances.max().sqrt())
            x = _grid(-reach, reach, 4001)
            log_p = p.log_density(x)
            log_end = -(x**2) / (2 * end) - 0.5 * math.log(2 * math.pi * end)
            found.append(torch.trapezoid(log_p.exp() * (log_p - log_end), x).item())
        found = np.array(found)
        shown = found > 1e-9
        axes.plot(times[shown], found[shown], color=colour, label=label)
    axes.set(xscale="log", yscale="log", xlabel="t", ylabel="$D_{KL}$ (nats)", ylim=(1e-9, 1e3))
    axes.legend(loc="lower left")
    return figure


def reversal() -> Figure:
    """The flux under pure diffusion, and under the force that turns it round."""
    figure, panels = plt.subplots(1, 2, figsize=(6.4, 3.2), sharey=True)
    p, x = Mixture(*_double([0.4, 0.6], [-1.2, 1.0], [0.12, 0.2])), _grid(-3, 3)
    density, score = p.log_density(x).exp(), p.score(x)
    places = [70, 100, 120, 140, 160, 180, 220, 245]
    for axes, force, title in ((panels[0], 0 * score, "f = 0"), (panels[1], 2 * score, "f̃ = 2 $k_BT$ ∂ log p / ∂x")):
        current = flux(density, density * score, force, 1.0, 1.0)
        axes.plot(x, density, color="C0")
        _arrows(axes, x[places].numpy(), (1.1 * current[places]).numpy(), -0.12, color="C0")
        _arrows(axes, x[places].numpy(), (0.07 * force[places]).numpy(), -0.32, color="C1")
        axes.text(-3, -0.07, "j", color="C0")
        axes.text(-3, -0.27, "f", color="C1")
        axes.set(xlabel="x", ylim=(-0.45, 0.65), yticks=[0, 0.2, 0.4, 0.6])
        axes.set_title(title)
    panels[0].set(ylabel="p")
    return figure


def paths(diffusion_physics: Run) -> Figure:
    """A few paths forward, back by the reverse equation, and back by the probability flow."""
    run = diffusion_physics
    figure, panels = plt.subplots(1, 3, figsize=(6.2, 3.3), sharey=True)
    backward = run.config["duration"] - run.array("back_times")
    for axes, title, times, positions in (
        (panels[0], "forward", run.array("forth_times"), run.array("paths_forth")),
        (panels[1], "SDE", backward, run.array("paths_sde")),
        (panels[2], "ODE", backward, run.array("paths_ode")),
    ):
        for path in positions:
            axes.plot(times, path, linewidth=1, color="C0" if path[np.argmin(times)] > 0 else "C1")
        axes.set(xlabel="t", xlim=(0, run.config["duration"]))
        axes.set_title(title)
    panels[0].set(ylabel="x")
    return figure


def way_back(diffusion_physics: Run) -> Figure:
    """Histograms on the way back, frame by frame."""
    run = diffusion_physics
    figure, axes = plt.subplots(figsize=(6, 3))
    edges, x, data = np.linspace(*run.config["edges"]), _grid(-3.5, 3.5, 141), _example()
    for number, (elapsed, bars) in enumerate(zip(run.array("frame_times"), run.array("frames"), strict=True)):
        t = max(run.config["duration"] - elapsed, 0.0)
        area = axes.stairs(bars, edges, fill=True, color="C0", alpha=0.35)
        (line,) = axes.plot(x, data.after(t, run.config["rate"], run.config["diffusion"]).log_density(x).exp(), "C1")
        frame(number, area, line, axes.text(2.1, 0.8, f"t = {t:.2f}"))
    axes.set(xlabel="x", ylabel="p", ylim=(0, 1))
    return figure


def ways_back(diffusion_physics: Run) -> Figure:
    """Where five ways back end."""
    run = diffusion_physics
    figure, panels = plt.subplots(5, 1, figsize=(5.6, 7), sharex=True, sharey=True)
    edges, x, data = np.linspace(*run.config["edges"]), _grid(-3.5, 3.5), _example()
    titles = {
        "sde": "2 × score, noise",
        "ode": "1 × score, no noise",
        "frozen": "2 × score at $t_*$, noise",
        "silent": "2 × score, no noise",
        "single": "1 × score, noise",
    }
    for axes, (name, title) in zip(panels, titles.items(), strict=True):
        axes.stairs(run.array(f"histogram_{name}").mean(0), edges, fill=True, color="C0", alpha=0.35)
        axes.plot(x, data.log_density(x).exp(), color="C1", linewidth=1.2)
        axes.set(ylim=(0, 1.5), ylabel="p")
        axes.text(-3.4, 1.15, title)
        axes.text(3.4, 1.15, f"$W_1$ = {run.mean(f'distance_{name}'):.3f}", ha="right")
    panels[-1].set(xlabel="x")
    return figure
