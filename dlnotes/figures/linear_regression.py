"""Figures of the chapter on linear regression."""

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.figure import Figure

from dlnotes.figures import sequential, shade
from dlnotes.linear_regression import hat_matrix, lstsq, mse_loss, pinv, solve_normal_equations
from dlnotes.runs import Run

SPECIES = ("Adelie", "Chinstrap", "Gentoo")
MARKERS = ("o", "s", "D")


def conditional_mean(linear_regression_penguins: Run) -> Figure:
    """Body mass against flipper length: the cloud, the mean in every bin, and the least-squares line."""
    flipper, mass = (linear_regression_penguins.array(name) for name in ("flipper_length", "body_mass"))
    edges = np.arange(170, 240, 5)
    bins = np.digitize(flipper, edges)
    counts = np.bincount(bins, minlength=len(edges) + 1)[1:-1]
    means = np.bincount(bins, mass, minlength=len(edges) + 1)[1:-1] / np.maximum(counts, 1)
    figure, axes = plt.subplots()
    axes.plot(flipper, mass / 1000, ".", color="C5", markersize=4, label="penguin")
    axes.hlines(means / 1000, edges[:-1], edges[1:], color="C0", linewidth=3, label=r"mean of 5 mm")
    line = np.array([170, 235])
    axes.plot(line, _predict(_line(flipper, mass), line) / 1000, color="C1", label="least squares")
    axes.set(xlabel="flipper length (mm)", ylabel="body mass (kg)")
    axes.legend(loc="upper left")
    return figure


def plane(linear_regression_penguins: Run) -> Figure:
    """The plane that predicts body mass from flipper length and bill depth, with the residuals as stems."""
    flipper, depth, mass = (
        linear_regression_penguins.array(name) for name in ("flipper_length", "bill_depth", "body_mass")
    )
    design = torch.from_numpy(np.stack([np.ones_like(flipper), flipper, depth], axis=1))
    weight = lstsq(design, torch.from_numpy(mass)).numpy()
    figure = plt.figure(figsize=(6.0, 4.2))
    axes = _box(figure, 1, 1, 1)
    grid = np.meshgrid(np.linspace(170, 235, 8), np.linspace(13, 22, 8))
    surface = (weight[0] + weight[1] * grid[0] + weight[2] * grid[1]) / 1000
    predicted = design.numpy() @ weight / 1000
    above = mass / 1000 > predicted
    for side, colour, order in (
        (~above, "C1", 1),
        (above, "C0", 3),
    ):  # below the plane first, then the plane, then above
        for x, y, z, base in zip(flipper[side], depth[side], mass[side] / 1000, predicted[side], strict=True):
            axes.plot([x, x], [y, y], [z, base], color=colour, linewidth=0.6, alpha=0.6, zorder=order)
        axes.plot(flipper[side], depth[side], mass[side] / 1000, ".", color=colour, markersize=4, zorder=order)
    axes.plot_surface(*grid, surface, color="C5", alpha=0.35, linewidth=0, shade=False, zorder=2)
    axes.plot_wireframe(*grid, surface, color="C5", linewidth=0.5, zorder=2)
    axes.set(xlabel="flipper length (mm)", ylabel="bill depth (mm)", zlabel="body mass (kg)")
    axes.view_init(elev=24, azim=-118)
    axes.set_box_aspect((1.2, 1, 0.8), zoom=1.05)
    return figure


def bowl(linear_regression_penguins: Run) -> Figure:
    """The loss of a line over its slope and intercept: a bowl, and its contours with gradients."""
    flipper, mass = (linear_regression_penguins.array(name) for name in ("flipper_length", "body_mass"))
    x = torch.from_numpy((flipper - flipper.mean()) / flipper.std())
    y = torch.from_numpy(mass / 1000)
    w, b = torch.meshgrid(
        *[torch.linspace(low, low + 3, 46, dtype=torch.float64) for low in (-0.8, 2.7)], indexing="xy"
    )
    loss = ((w[..., None] * x + b[..., None] - y) ** 2).mean(-1)
    best = lstsq(torch.stack([x, torch.ones_like(x)], dim=1), y)
    figure = plt.figure(figsize=(6.0, 3.1))
    surface = _box(figure, 1, 2, 1)
    surface.plot_surface(w, b, loss, cmap=sequential(), linewidth=0, rcount=15, ccount=15, shade=False)
    surface.set(xlabel="$w$ (kg)", ylabel="$b$ (kg)", title="loss (kg²)")
    surface.view_init(elev=32, azim=-58)
    surface.set(xticks=[0, 1, 2], yticks=[3, 4, 5], zticks=[0, 2, 4])
    contours = figure.add_subplot(1, 2, 2)
    contours.contour(w, b, loss, levels=[0.2, 0.4, 0.8, 1.4, 2.2, 3.2], colors=["C0"], linewidths=1)
    starts = torch.tensor([[-0.4, 3.1], [1.7, 3.3], [-0.3, 5.2], [1.9, 5.0]], dtype=torch.float64)
    design = torch.stack([x, torch.ones_like(x)], dim=1)
    gradients = 2 / len(y) * (starts @ design.T - y) @ design
    contours.quiver(*starts.T, *-0.18 * gradients.T, angles="xy", scale_units="xy", scale=1, color="C1", width=0.012)
    contours.plot(*best, "o", color=plt.rcParams["text.color"])
    contours.set(xlabel="$w$ (kg)", ylabel="$b$ (kg)", aspect="equal", xticks=[0, 1, 2], yticks=[3, 4, 5])
    return figure


def projection() -> Figure:
    """Three samples, two columns: the target, the plane of all predictions, and the residual at a right angle to it."""
    X = torch.tensor([[1.0, 0.1], [0.15, 0.9], [0.1, 0.15]], dtype=torch.float64)
    y = torch.tensor([0.75, 0.85, 1.0], dtype=torch.float64)
    fitted = hat_matrix(X) @ y
    figure = plt.figure(figsize=(5.0, 3.4))
    axes = _box(figure, 1, 1, 1)
    corners = torch.tensor([[0.0, 0.0], [1.15, 0.0], [1.15, 1.25], [0.0, 1.25]], dtype=torch.float64) @ X.T
    rows = corners[[0, 1, 3, 2]].reshape(2, 2, 3)
    axes.plot_surface(rows[..., 0], rows[..., 1], rows[..., 2], color="C0", alpha=0.2, shade=False)
    ink = plt.rcParams["text.color"]
    arrows = [(X[:, 0], "C0", r"$\mathbf{x}_1$"), (X[:, 1], "C0", r"$\mathbf{x}_2$"), (y, ink, r"$\mathbf{y}$")]
    arrows.append((fitted, "C2", r"$\hat{\mathbf{y}} = \mathbf{H}\mathbf{y}$"))
    for tip, colour, name in arrows:
        axes.quiver(0, 0, 0, *tip, color=colour, arrow_length_ratio=0.06, linewidth=2)
        axes.text(*(1.05 * tip), name, color=colour, fontsize=13)
    axes.plot(*torch.stack([fitted, y]).T, color="C1", linewidth=2.5)
    axes.text(*((fitted + y) / 2 + torch.tensor([0.03, 0.05, 0.0])), r"$\mathbf{e}$", color="C1", fontsize=13)
    corner = 0.1  # the square of the right angle
    along, up = corner * (-fitted) / fitted.norm(), corner * (y - fitted) / (y - fitted).norm()
    axes.plot(*torch.stack([fitted + along, fitted + along + up, fitted + up]).T, color=ink, linewidth=1)
    axes.set(xlim=(0, 1.1), ylim=(0, 1.1), zlim=(0, 1.0))
    axes.view_init(elev=14, azim=-65)
    axes.set_box_aspect((1, 1, 0.9), zoom=1.15)
    axes.set_axis_off()
    return figure


def conditioning() -> Figure:
    """Error of two solvers in float64 against the condition number, mean and range of twenty problems."""
    exponents = np.arange(0, 15.1, 0.5)
    errors = {solve: np.empty((20, len(exponents))) for solve in (solve_normal_equations, lstsq)}
    for seed in range(20):
        generator = torch.Generator().manual_seed(seed)
        U, _ = torch.linalg.qr(torch.randn(100, 5, dtype=torch.float64, generator=generator))
        V, _ = torch.linalg.qr(torch.randn(5, 5, dtype=torch.float64, generator=generator))
        exact = torch.randn(5, dtype=torch.float64, generator=generator)
        for column, exponent in enumerate(exponents):
            A = U * torch.logspace(0, -exponent, 5, dtype=torch.float64) @ V.T
            for solve, table in errors.items():
                table[seed, column] = _relative_error(solve, A, exact)
    figure, axes = plt.subplots()
    styles = (("normal equations", "C1", "--"), ("QR", "C0", "-"))
    for table, (label, colour, style) in zip(errors.values(), styles, strict=True):
        solved = ~np.isnan(table).any(0)
        shade(axes, np.log10(table[:, solved]), exponents[solved], label=label, color=colour, linestyle=style)
    axes.set(
        xlabel=r"$\kappa(\mathbf{X})$", ylabel="relative error", xticks=[0, 4, 8, 12], yticks=[-16, -12, -8, -4, 0]
    )
    axes.set_xticklabels(["1", *(f"$10^{{{tick}}}$" for tick in (4, 8, 12))])
    axes.set_yticklabels([*(f"$10^{{{tick}}}$" for tick in (-16, -12, -8, -4)), "1"])
    axes.legend(loc="upper left")
    return figure


def trough() -> Figure:
    """Loss of two features, independent (a bowl) and equal (a trough), and where gradient descent ends."""
    generator = torch.Generator().manual_seed(0)
    first, other, noise = torch.randn(3, 50, dtype=torch.float64, generator=generator)
    first, other = first / first.square().mean().sqrt(), other / other.square().mean().sqrt()
    y = 0.8 * first + 0.4 * other + 0.3 * noise
    starts = torch.tensor([[-1.4, -0.8], [-1.6, 1.2], [1.0, -1.7], [0.0, 0.0], [1.8, 1.3]], dtype=torch.float64)
    axis = torch.linspace(-2, 2, 81, dtype=torch.float64)
    grid = torch.stack(torch.meshgrid(axis, axis, indexing="xy"), dim=-1)
    figure, panels = plt.subplots(1, 2, figsize=(6.0, 3.2), sharey=True)
    for axes, second, title in zip(panels, (other, first), ("rank 2", "rank 1"), strict=True):
        X = torch.stack([first, second], dim=1)
        loss = ((grid @ X.T - y) ** 2).mean(-1)
        axes.contour(
            axis, axis, loss, levels=loss.min() + torch.tensor([0.05, 0.3, 0.9, 2, 4, 8]), colors=["C0"], linewidths=1
        )
        for start in starts:
            path = [start]
            for _ in range(200):
                path.append(path[-1] - 0.1 * 2 / len(y) * X.T @ (X @ path[-1] - y))
            path = torch.stack(path)
            axes.plot(*path.T, color="C1", linewidth=1.2)
            axes.plot(*start, "o", color="C1", markersize=4)
            axes.plot(*path[-1], "s", color=plt.rcParams["text.color"], markersize=4)
        axes.plot(*(pinv(X) @ y), "*", color="C2", markersize=12)
        axes.set(title=title, xlabel="$w_1$", aspect="equal", xticks=[-2, 0, 2], yticks=[-2, 0, 2])
    panels[0].set_ylabel("$w_2$")
    return figure


def noise(linear_regression_penguins: Run) -> Figure:
    """The line with Gaussian densities of one width along it, and the residuals' own distribution."""
    flipper, mass = (linear_regression_penguins.array(name) for name in ("flipper_length", "body_mass"))
    mass = mass / 1000
    line = _line(flipper, mass)
    residuals = mass - _predict(line, flipper)
    sigma = float(mse_loss(torch.from_numpy(residuals), torch.zeros(len(residuals)).double()).sqrt())
    figure, (cloud, histogram) = plt.subplots(1, 2, width_ratios=[1.6, 1], figsize=(6.0, 3.3))
    cloud.plot(flipper, mass, ".", color="C5", markersize=3)
    ends = np.array([172, 236])
    cloud.plot(ends, _predict(line, ends), color="C1")
    offsets = np.linspace(-3, 3, 121) * sigma
    density = np.exp(-((offsets / sigma) ** 2) / 2) / np.sqrt(2 * np.pi * sigma**2)
    for x in (180, 197, 214, 231):
        centre = _predict(line, x)
        cloud.fill_betweenx(centre + offsets, x - 9 * density, x, color="C0", alpha=0.4, linewidth=0)
        cloud.plot([x, x], centre + 3 * sigma * np.array([-1, 1]), color="C0", linewidth=0.8)
    cloud.set(xlabel="flipper length (mm)", ylabel="body mass (kg)")
    histogram.hist(residuals, bins=24, density=True, color="C5", alpha=0.6, orientation="horizontal")
    histogram.plot(density, offsets, color="C0")
    histogram.set(xlabel="density (1/kg)", ylabel="residual (kg)")
    return figure


def species(linear_regression_penguins: Run) -> Figure:
    """Body mass against bill depth: one line falls, the three lines of the species rise; bands over the resamples."""
    run = linear_regression_penguins
    depth, mass = run.array("bill_depth"), run.array("body_mass")
    kind = run.array("species")
    figure, axes = plt.subplots(figsize=(6.0, 4.0))
    for k, (name, marker) in enumerate(zip(SPECIES, MARKERS, strict=True)):
        own = kind == k
        axes.plot(depth[own], mass[own] / 1000, marker, color=f"C{(0, 3, 2)[k]}", markersize=2.5, alpha=0.55)
        _band(axes, run.array("by_species")[:, k], depth[own], color=f"C{(0, 3, 2)[k]}", label=name)
    _band(axes, run.array("by_depth"), depth, color="C1", linestyle="--", label="all")
    axes.set(xlabel="bill depth (mm)", ylabel="body mass (kg)")
    axes.legend(loc="upper right", ncols=2)
    return figure


def diabetes(linear_regression_diabetes: Run) -> Figure:
    """Coefficient of every feature alone and beside the others, mean and standard deviation of the splits."""
    names = ("age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6")
    figure, axes = plt.subplots(figsize=(6.0, 3.8))
    rows = np.arange(len(names))
    for series, marker, colour, shift in (("alone", "o", "C0", -0.14), ("together", "D", "C1", 0.14)):
        values = linear_regression_diabetes.array(series)
        axes.errorbar(
            values.mean(0),
            rows + shift,
            xerr=values.std(0, ddof=1),
            fmt=marker,
            color=colour,
            markersize=5,
            label=series,
        )
    axes.axvline(0, color=plt.rcParams["text.color"], linewidth=0.8)
    axes.set(xlabel="coefficient (progression per standard deviation)", yticks=rows)
    axes.set_yticklabels(names)
    axes.invert_yaxis()
    axes.legend(loc="upper right")
    return figure


def _box(figure: Figure, *position: int):
    """Axes in three dimensions with faint grid lines, drawn in the order of zorder."""
    panes = {f"axes3d.{axis}axis.panecolor": "none" for axis in "xyz"}
    with plt.rc_context({"grid.color": plt.rcParams["text.color"] + "30"} | panes):
        return figure.add_subplot(*position, projection="3d", computed_zorder=False)


def _line(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Intercept and slope of the least-squares line."""
    return lstsq(torch.from_numpy(np.stack([np.ones_like(x), x], axis=1)), torch.from_numpy(y)).numpy()


def _predict(line: np.ndarray, x):
    return line[0] + line[1] * x


def _relative_error(solve, A: torch.Tensor, exact: torch.Tensor) -> float:
    """Error of the solution of a system whose exact one is known; nan where the solver refuses."""
    try:
        return float((solve(A, A @ exact) - exact).norm() / exact.norm())
    except ValueError:
        return np.nan


def _band(axes, lines: np.ndarray, x: np.ndarray, **style) -> None:
    """The mean of many lines (intercept, slope), in kg, and the range of the middle 95 %, over the span of x."""
    span = np.linspace(x.min(), x.max(), 50)
    values = (lines[:, :1] + lines[:, 1:] * span) / 1000
    (mean,) = axes.plot(span, values.mean(0), **style)
    low, high = np.percentile(values, [2.5, 97.5], axis=0)
    axes.fill_between(span, low, high, color=mean.get_color(), alpha=0.25, linewidth=0)
