"""Figures of the diffusion chapter."""

from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from dlnotes.figures import sequential, shade
from dlnotes.runs import Run

POINTS = np.array([-2.0, 0.5, 1.5])  # the data on a line
TRIANGLE = np.array([[0.0, 1.0], [-0.9, -0.5], [0.9, -0.5]])
SAMPLERS = {"sde": ("SDE", "o-"), "ode": ("Euler", "s--"), "heun": ("Heun", "^:")}


def _mean_and_density(x, data, sigma):
    """Posterior mean and density of places (m, d), given data (n, d)."""
    squares = ((x[:, None] - data) ** 2).sum(-1)
    bumps = np.exp(-(squares - squares.min(1, keepdims=True)) / (2 * sigma**2))
    density = np.exp(-squares / (2 * sigma**2)).mean(1) / (2 * np.pi * sigma**2) ** (data.shape[1] / 2)
    return bumps @ data / bumps.sum(1, keepdims=True), density


def _levels(high: float, low: float, steps: int, rho: float = 7.0):
    return np.append(np.linspace(high ** (1 / rho), low ** (1 / rho), steps) ** rho, 0.0)


def mixture() -> Figure:
    """The density of three points at five noise levels, one above the other."""
    x = np.linspace(-6, 6, 400)[:, None]
    figure, panels = plt.subplots(5, 1, figsize=(6.0, 4.2), sharex=True)
    for axes, sigma in zip(panels, (0.1, 0.3, 0.7, 1.5, 3.0), strict=True):
        _, density = _mean_and_density(x, POINTS[:, None], sigma)
        axes.fill_between(x[:, 0], density, color="C0", alpha=0.25, linewidth=0)
        axes.plot(x[:, 0], density, color="C0")
        axes.plot(POINTS, 0 * POINTS, "|", color="C1", markersize=10, clip_on=False)
        axes.set(yticks=[], ylim=(0, None), xlim=(-6, 6))
        axes.text(-5.9, 0.6 * density.max(), rf"$\sigma={sigma}$")
        axes.spines["left"].set_visible(False)
    panels[-1].set_xlabel("$x$")
    return figure


def field() -> Figure:
    """Directions of the score of three points at four noise levels, over the density."""
    side = np.linspace(-1.8, 1.8, 7)
    places = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
    fine = np.linspace(-2.1, 2.1, 24)
    background = np.stack(np.meshgrid(fine, fine), axis=-1).reshape(-1, 2)
    figure, panels = plt.subplots(2, 2, figsize=(6.0, 6.0), sharex=True, sharey=True)
    for axes, sigma in zip(panels.flat, (0.2, 0.5, 1.0, 2.0), strict=True):
        _, density = _mean_and_density(background, TRIANGLE, sigma)
        ends = (fine[0], fine[-1], fine[0], fine[-1])
        axes.imshow(density.reshape(24, 24), extent=ends, origin="lower", cmap=sequential(), alpha=0.6)
        mean, _ = _mean_and_density(places, TRIANGLE, sigma)
        arrows = mean - places
        arrows /= np.linalg.norm(arrows, axis=1, keepdims=True)
        axes.quiver(*places.T, *arrows.T, color=plt.rcParams["text.color"], scale=11, width=0.008)
        axes.plot(*TRIANGLE.T, "o", color="C1")
        axes.set(title=rf"$\sigma={sigma}$", aspect="equal")
    for axes in panels[1]:
        axes.set_xlabel("$x_1$")
    for axes in panels[:, 0]:
        axes.set_ylabel("$x_2$")
    return figure


def contributions() -> Figure:
    """Single contributions, the means of bins, and the exact score."""
    generator = np.random.default_rng(0)
    data, sigma = np.array([-1.0, 2.0]), 0.8
    origin = generator.integers(2, size=100_000)
    x = data[origin] + sigma * generator.standard_normal(len(origin))
    targets = (data[origin] - x) / sigma**2
    edges = np.linspace(-3, 4, 29)
    middle = (edges[1:] + edges[:-1]) / 2
    means = [targets[(x > low) & (x < high)].mean() for low, high in pairwise(edges)]
    mean, _ = _mean_and_density(middle[:, None], data[:, None], sigma)
    figure, axes = plt.subplots()
    for k in range(2):
        shown = (origin[:200] == k).nonzero()[0]
        axes.plot(x[shown], targets[shown], "|", color=f"C{k}", markersize=9, zorder=3)
    axes.plot(middle, (mean[:, 0] - middle) / sigma**2, color="C2", linewidth=2.4)
    axes.plot(middle, means, "o", markerfacecolor="none", markersize=6, color=plt.rcParams["text.color"])
    axes.axhline(0, color="C5", linewidth=0.8)
    axes.set(xlabel="$x$", ylabel=r"$c_i$, $s(x)$", xlim=(-3, 4), ylim=(-4, 4))
    return figure


def paths() -> Figure:
    """Paths of the flow and of the reverse steps from noise to three points on a line."""
    generator = np.random.default_rng(0)
    levels = _levels(5.0, 0.01, 60)
    z = 5 * generator.standard_normal(20)
    flow, random = [z], [z]
    for sigma, after in pairwise(levels):
        mean, _ = _mean_and_density(flow[-1][:, None], POINTS[:, None], sigma)
        flow.append(flow[-1] + (after - sigma) * (flow[-1] - mean[:, 0]) / sigma)
        mean, _ = _mean_and_density(random[-1][:, None], POINTS[:, None], sigma)
        share = 1 - (after / sigma) ** 2
        noise = after * np.sqrt(share) * generator.standard_normal(len(z))
        random.append(random[-1] + share * (mean[:, 0] - random[-1]) + noise)
    figure, panels = plt.subplots(1, 2, figsize=(6.0, 3.4), sharey=True)
    for axes, lines, title in zip(panels, (flow, random), ("flow", "SDE"), strict=True):
        axes.plot(levels, np.stack(lines), color="C0", linewidth=0.8, alpha=0.8)
        axes.plot(0 * POINTS, POINTS, "o", color="C1", clip_on=False)
        axes.set(xlabel=r"noise level $\sigma$", title=title, xlim=(5, 0))
    panels[0].set_ylabel("$z$")
    return figure


def cloud() -> Figure:
    """Noisy data of three points, and the cloud that the probability flow makes of pure noise, at one level."""
    noise = _normals(300, seed=1).reshape(150, 2)
    origin = np.arange(150) % 3
    levels = _levels(10.0, 0.02, 40)
    level = levels[18]
    clouds = [10.0 * noise]
    for sigma, after in pairwise(levels):
        clouds.append(_heun_step(clouds[-1], TRIANGLE, sigma, after))
    end = ((clouds[-1][:, None] - TRIANGLE) ** 2).sum(-1).argmin(1)
    figure, panels = plt.subplots(1, 2, sharey=True)
    for axes, points, colours, title in (
        (panels[0], TRIANGLE[origin] + level * noise, origin, r"$\mathbf{x}+\sigma\,\varepsilon$"),
        (panels[1], clouds[18], end, r"$\mathrm{d}\mathbf{z}/\mathrm{d}\sigma=-\sigma\mathbf{s}$"),
    ):
        scale = np.sqrt(1 + level**2)
        for k in range(3):
            axes.plot(*(points[colours == k] / scale).T, ".", color=f"C{k}")
        axes.plot(*(TRIANGLE / scale).T, "o", color="none", markeredgecolor=plt.rcParams["text.color"], markersize=8)
        axes.set(title=title, aspect="equal", xlim=(-2.6, 2.6), ylim=(-2.6, 2.6))
        axes.set(xticks=[-2, 0, 2], yticks=[-2, 0, 2], xlabel=r"$z_1/(1+\sigma^2)^{1/2}$")
    return figure


def _normals(count: int, seed: int) -> np.ndarray:
    """Standard normal numbers, the same in the browser: Lehmer's generator and the transform of Box and Muller."""
    states = [seed]
    for _ in range(2 * count):
        states.append(48271 * states[-1] % 2147483647)
    u, v = np.array(states[1:]).reshape(count, 2).T / 2147483647
    return np.sqrt(-2 * np.log(u)) * np.cos(2 * np.pi * v)


def _heun_step(z: np.ndarray, data: np.ndarray, sigma: float, after: float) -> np.ndarray:
    """One step of the probability flow (diffusion-heun); Euler's to level 0."""
    slope = (z - _mean_and_density(z, data, sigma)[0]) / sigma
    guess = z + (after - sigma) * slope
    if after == 0:
        return guess
    return z + (after - sigma) * (slope + (guess - _mean_and_density(guess, data, after)[0]) / after) / 2


def orders() -> Figure:
    """Relative error of the standard deviation of normal data by three samplers, without sampling."""
    spread, evaluations = 1.3, [2**power for power in range(3, 11)]
    errors = {name: [] for name in SAMPLERS}
    for count in evaluations:
        for name in SAMPLERS:
            levels = _levels(30.0, 0.01, count // 2 if name == "heun" else count)
            variance = levels[0] ** 2
            for sigma, after in pairwise(levels):
                slope = sigma / (spread**2 + sigma**2)
                factor = 1 + (after - sigma) * slope
                if name == "heun" and after > 0:
                    factor = 1 + (after - sigma) / 2 * (slope + after / (spread**2 + after**2) * factor)
                if name == "sde":
                    factor = 1 - (sigma**2 - after**2) / (spread**2 + sigma**2)
                fresh = after**2 * (1 - (after / sigma) ** 2) if name == "sde" else 0.0
                variance = factor**2 * variance + fresh
            errors[name].append(abs(np.sqrt(variance) / spread - 1))
    figure, axes = plt.subplots()
    for name, (label, line) in SAMPLERS.items():
        axes.loglog(evaluations, errors[name], line, label=label, markersize=5)
    axes.set(xlabel="evaluations", ylabel="relative error of the std")
    axes.legend()
    return figure


def noised(diffusion_images: Run) -> Figure:
    """Images with more and more noise."""
    return _picture(diffusion_images, "noised", (6.0, 3.1))


def memorisation(diffusion_memorization: Run) -> Figure:
    """Relative distance to the training points against their number, one line for each training time."""
    config = diffusion_memorization.config
    distance = diffusion_memorization.array("distance")
    figure, axes = plt.subplots()
    for place, steps in enumerate(config["measured"]):
        shade(
            axes,
            distance[:, :, place],
            config["counts"],
            label=f"{steps:,}",
            color=f"C{place}",
            marker="os^D"[place % 4],
        )
    axes.plot(config["counts"], diffusion_memorization.array("exact").mean(0), "x:", color="C5", label="exact score")
    axes.axhline(1, color="C5", linewidth=0.8)
    axes.set(xscale="log", xlabel="training points $N$", ylabel="relative distance", ylim=(-0.05, 2.0))
    axes.legend(title="steps", ncols=2)
    return figure


def copies(diffusion_memorization: Run) -> Figure:
    """Training points and samples after the longest training, for three sizes of the training set."""
    figure, panels = plt.subplots(1, 3, figsize=(6.0, 2.5), sharex=True, sharey=True)
    for axes, count in zip(panels, (4, 16, 256), strict=True):
        axes.plot(*diffusion_memorization.array(f"samples_{count}").T, ".", color="C0", markersize=2.5)
        train = diffusion_memorization.array(f"train_{count}")
        axes.plot(*train.T, "o", color="C1", markersize=7 if count < 100 else 3, markerfacecolor="none")
        axes.set(title=f"$N={count}$", xlabel="$x_1$", aspect="equal", xlim=(-2.6, 2.6), ylim=(-2.6, 2.6))
    panels[0].set_ylabel("$x_2$")
    return figure


def samples(diffusion: Run) -> Figure:
    """Data, and samples with few and many steps."""
    figure, panels = plt.subplots(2, 2, figsize=(6.0, 5.4), sharex=True, sharey=True)
    titles = {"fresh": "data", "sde_8": "8 steps", "sde_32": "32 steps", "sde_128": "128 steps"}
    for axes, (name, title) in zip(panels.flat, titles.items(), strict=True):
        axes.plot(*diffusion.array(name).T, ".", color="C1" if name == "fresh" else "C0", markersize=3)
        axes.set(title=title, xlim=(-2.6, 2.6), ylim=(-2.6, 2.6))
    for axes in panels[1]:
        axes.set_xlabel("$x_1$")
    for axes in panels[:, 0]:
        axes.set_ylabel("$x_2$")
    return figure


def quality(diffusion: Run) -> Figure:
    """Energy distance against evaluations; what is below the floor of the measurement is not shown."""
    figure, axes = plt.subplots()
    floor = np.max(diffusion.results["data"])
    for name, (label, line) in SAMPLERS.items():
        distance = np.maximum(diffusion.array(name), 1e-4)
        shade(axes, distance, diffusion.config["evaluations"], label=label, marker=line[0], linestyle=line[1:])
    axes.axhline(floor, color="C5", linestyle="--", linewidth=1)
    axes.set(xscale="log", yscale="log", xlabel="evaluations", ylabel="energy distance", ylim=(3e-4, None))
    axes.set_xticks(diffusion.config["evaluations"], [str(count) for count in diffusion.config["evaluations"]])
    axes.minorticks_off()
    axes.legend()
    return figure


def schedules() -> Figure:
    """alpha-bar and the noise level of two schedules."""
    t = np.arange(1, 1001)
    linear = np.cumprod(1 - np.linspace(1e-4, 0.02, 1000))
    cosine = np.cos((t / 1000 + 0.008) / 1.008 * np.pi / 2) ** 2 / np.cos(0.008 / 1.008 * np.pi / 2) ** 2
    figure, (share, level) = plt.subplots(1, 2, figsize=(6.0, 3.0))
    for name, values, line in (("linear", linear, "-"), ("cosine", cosine, "--")):
        share.plot(t, values, line, label=name)
        level.semilogy(t[:-1], np.sqrt(1 / values[:-1] - 1), line)
    share.set(xlabel="$t$", ylabel=r"$\bar{\alpha}_t$")
    share.legend()
    level.set(xlabel="$t$", ylabel=r"$\sigma_t$")
    return figure


def images(diffusion_images: Run) -> Figure:
    """Samples by two recipes and with guidance, a class in each column, and data; in 16 greys."""
    side = diffusion_images.config["side"]
    titles = {
        "preconditioned": "preconditioned, Heun",
        "guided": f"guided, $w={diffusion_images.config['guidance']:g}$",
        "ddpm": "DDPM",
        "real": "data",
    }
    figure, panels = plt.subplots(4, 1, figsize=(6.0, 6.2))
    for axes, (name, title) in zip(panels, titles.items(), strict=True):
        _show(axes, diffusion_images.image(name)[: 2 * side] // 16 * 17)
        axes.set_title(title)
    return figure


def strip(diffusion_images: Run) -> Figure:
    """Two samples on their way, with the denoiser's answers."""
    return _picture(diffusion_images, "strip", (6.0, 3.1))


def image_quality(diffusion_images: Run) -> Figure:
    """Fréchet distance against evaluations of the network."""
    figure, axes = plt.subplots()
    evaluations = diffusion_images.config["evaluations"]
    for name, (label, line) in SAMPLERS.items():
        shade(axes, diffusion_images.array(name), evaluations, label=label, marker=line[0], linestyle=line[1:])
    axes.axhline(np.mean(diffusion_images.results["distance_real"]), color="C5", linestyle="--", linewidth=1)
    axes.set(xscale="log", yscale="log", xlabel="evaluations", ylabel="Fréchet distance")
    axes.set_xticks(evaluations, [str(count) for count in evaluations])
    axes.minorticks_off()
    axes.legend()
    return figure


def inpainted(diffusion_images: Run) -> Figure:
    """An image, its known half and completions in each row."""
    return _picture(diffusion_images, "inpainted", (6.0, 4.1))


def _picture(run: Run, name: str, size: tuple[float, float]) -> Figure:
    figure, axes = plt.subplots(figsize=size)
    _show(axes, run.image(name))
    return figure


def _show(axes, pixels) -> None:
    axes.imshow(pixels, cmap="gray", vmin=0, vmax=255, interpolation="nearest")
    axes.axis("off")
