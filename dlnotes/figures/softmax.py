"""Figures of the softmax chapter."""

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.figure import Figure

from dlnotes.figures import diverging, sequential, shade
from dlnotes.runs import Run
from dlnotes.softmax import entropy, log_softmax, logsumexp, softmax, softmax_jacobian

SCORES = torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64)  # the chapter's running example
CORNERS = np.array([[0.0, 0.0], [1.0, 0.0], [0.5, np.sqrt(0.75)]])  # of the triangle: class 1, 2, 3 certain


def temperature() -> Figure:
    """Left: softmax(z / T) runs through the triangle of distributions. Right: its entropy grows with T."""
    figure, (triangle, curve) = plt.subplots(1, 2, width_ratios=[1.15, 1])
    _entropy_map(triangle)
    temperatures = torch.logspace(-2, 2.5, 300, dtype=torch.float64).unsqueeze(1)
    for colour, scores, style in (("C1", SCORES, "-"), ("C2", torch.tensor([1.0, 3.0, 3.0]).double(), "--")):
        a = softmax(scores / temperatures, dim=1)
        triangle.plot(*(a.numpy() @ CORNERS).T, style, color=colour)
        label = f"$z = ({', '.join(f'{z:.0f}' for z in scores)})$"
        curve.semilogx(temperatures[:, 0], entropy(a, dim=1), style, color=colour, label=label)
    for T in (0.5, 1, 3):
        point = softmax(SCORES / T, dim=0).numpy() @ CORNERS
        triangle.plot(*point, "o", color="C1", markersize=5)
        triangle.annotate(f"$T={T}$", point, (-8, -4), textcoords="offset points", ha="right", fontsize=10)
    curve.axhline(np.log(3), color="C5", linewidth=1, linestyle=":")
    curve.axhline(np.log(2), color="C5", linewidth=1, linestyle=":")
    curve.set(xlabel="$T$", ylabel="$H$ (nats)", ylim=(-0.03, 1.5), yticks=[0, np.log(2), np.log(3)])
    curve.set_yticklabels(["0", r"$\log 2$", r"$\log 3$"])
    curve.legend(loc="upper left")
    return figure


def _entropy_map(axes) -> None:
    """The triangle of all distributions over three classes, shaded by their entropy."""
    steps = 40
    barycentric = np.array([(i, j, steps - i - j) for i in range(steps + 1) for j in range(steps + 1 - i)]) / steps
    levels = np.linspace(0, np.log(3), 8)
    axes.tricontourf(
        *(barycentric @ CORNERS).T,
        entropy(torch.from_numpy(barycentric), dim=1),
        levels=levels,
        cmap=sequential(),
        alpha=0.6,
    )
    axes.plot(*np.vstack([CORNERS, CORNERS[:1]]).T, color=plt.rcParams["text.color"], linewidth=1)
    for (x, y), name, below in zip(CORNERS, ("$a_1=1$", "$a_2=1$", "$a_3=1$"), (True, True, False), strict=True):
        axes.annotate(
            name,
            (x, y),
            (0, -5 if below else 5),
            textcoords="offset points",
            ha="center",
            va="top" if below else "bottom",
        )
    axes.set(aspect="equal", xlim=(-0.14, 1.14), ylim=(-0.1, 0.98))
    axes.axis("off")


def simplex() -> Figure:
    """Left: softmax(z) in the triangle of distributions. Right: its probabilities, and its entropy on the way of T."""
    figure, panels = plt.subplot_mosaic([["triangle", "bars"], ["triangle", "curve"]], width_ratios=[1.15, 1])
    triangle, bars, curve = panels["triangle"], panels["bars"], panels["curve"]
    _entropy_map(triangle)
    temperatures = torch.logspace(-3, 3, 241, dtype=torch.float64).unsqueeze(1)
    path, point = softmax(SCORES / temperatures, dim=1), softmax(SCORES, dim=0)
    triangle.plot(*(path.numpy() @ CORNERS).T, color="C1")
    triangle.plot(*(point.numpy() @ CORNERS), "o", color="C1", markersize=8)
    bars.bar(["$a_1$", "$a_2$", "$a_3$"], point, color="C0", width=0.6)
    for k, a in enumerate(point.tolist()):
        bars.annotate(f"{a:.3f}", (k, a), (0, 3), textcoords="offset points", ha="center", fontsize=10)
    bars.set(ylim=(0, 1), yticks=[0, 0.5, 1])
    curve.semilogx(temperatures[:, 0], entropy(path, dim=1), color="C1")
    curve.plot(1, entropy(point, dim=0), "o", color="C1", markersize=7)
    curve.set(xlabel="$T$", ylabel="$H$", ylim=(0, 1.2), xticks=[1e-3, 1, 1e3], yticks=[0, np.log(2), np.log(3)])
    curve.set_yticklabels(["0", r"$\log 2$", r"$\log 3$"])
    return figure


def jacobian() -> Figure:
    """Derivative of softmax(z / T) by z for four temperatures, on one colour scale."""
    figure, panels = plt.subplots(1, 4, figsize=(6.0, 2.1), sharey=True)
    for T, axes in zip((0.25, 0.5, 1, 4), panels, strict=True):
        J = softmax_jacobian(SCORES / T) / T
        norm = torch.linalg.matrix_norm(J, ord=2)
        axes.pcolormesh(J, cmap=diverging(), vmin=-0.4, vmax=0.4, edgecolors=plt.rcParams["axes.facecolor"])
        for row in range(3):
            for column in range(3):
                text = f"{J[row, column]:.2f}".replace("-0.00", "0.00")
                axes.text(column + 0.5, row + 0.5, text, ha="center", va="center", fontsize=10)
        axes.set(title=f"$T={T}$", xlabel=f"$\\|\\cdot\\|_2={norm:.2f}$", aspect="equal", xticks=[], yticks=[])
        axes.spines[:].set_visible(False)
    panels[0].invert_yaxis()  # the y axis is shared: the first row on top
    return figure


def gaps() -> Figure:
    """Gap of two probabilities against the gap of their scores: never above half of it."""
    scores = 3 * torch.randn(1500, 5, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    a = softmax(scores, dim=1)
    gap_of_scores, gap_of_probabilities = ((v[:, 0] - v[:, 1]).abs() for v in (scores, a))
    figure, axes = plt.subplots()
    axes.plot(gap_of_scores, gap_of_probabilities, ".", markersize=2.5, color="C0", alpha=0.6)
    delta = np.linspace(0, 8, 200)
    axes.plot(delta, delta / 2, color="C1", label=r"$|\Delta z|/2$")
    axes.plot(delta, np.tanh(delta / 2), "--", color="C2", label=r"$\tanh(|\Delta z|/2)$")
    axes.set(xlabel=r"$|z_1-z_2|$", ylabel=r"$|a_1-a_2|$", xlim=(0, 8), ylim=(0, 1.25))
    axes.legend(loc="upper right", ncols=2)
    return figure


def stability() -> Figure:
    """Error of three ways to compute log-probabilities in float32, against the size of the scores."""
    sizes = torch.logspace(0, 7, 71, dtype=torch.float64)
    offsets = torch.randn(200, 10, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    scores = (sizes[:, None, None] + offsets).float()
    exact = log_softmax(scores.double(), dim=-1)
    quotient = scores.exp() / scores.exp().sum(-1, keepdim=True)
    ways = {
        r"$\log(e^{z}/\sum e^{z})$": (quotient.log(), "C1", "--"),
        r"$z-\mathrm{lse}(z)$": (scores - logsumexp(scores, dim=-1, keepdim=True), "C3", "-."),
        r"$(z-m)-\log\sum e^{z-m}$": (log_softmax(scores, dim=-1), "C0", "-"),
    }
    figure, axes = plt.subplots()
    for label, (log_probs, colour, style) in ways.items():
        error = (log_probs.double() - exact).abs().amax(dim=(1, 2))  # nan once exp overflows: the line ends
        axes.loglog(sizes, error, style, color=colour, label=label)
    overflow = np.log(np.finfo(np.float32).max)
    axes.axvline(overflow, ymax=0.6, color="C5", linewidth=1, linestyle=":")
    axes.annotate("exp: inf", (overflow, 3e-8), (4, 0), textcoords="offset points")
    axes.set(xlabel="score", ylabel=r"max $|$error$|$ (nats)", ylim=(1e-8, 30))
    axes.legend(loc="upper left")
    return figure


def decision_regions() -> Figure:
    """Three Gaussian classes: the most probable class, straight boundaries, and the region of doubt."""
    means = torch.tensor([[-1.6, -1.0], [1.7, -0.9], [0.1, 1.7]], dtype=torch.float64)
    W, b = means, -0.5 * (means**2).sum(dim=1)  # unit covariance, equal priors: (softmax-gaussian-bias)
    line = torch.linspace(-4, 4, 161, dtype=torch.float64)
    grid = torch.stack(torch.meshgrid(line, line, indexing="xy"), dim=-1)
    z = grid @ W.T + b
    a = softmax(z, dim=-1)
    figure, axes = plt.subplots(figsize=(5.0, 4.2))
    for k in range(3):
        lead = z[..., k] - torch.cat([z[..., :k], z[..., k + 1 :]], dim=-1).amax(-1)
        axes.contourf(line, line, lead, levels=[0, 100], colors=[f"C{k}"], alpha=0.22)
    axes.contour(line, line, a.amax(-1), levels=[0.7], colors=[plt.rcParams["text.color"]], linestyles="--")
    generator = torch.Generator().manual_seed(0)
    for k, marker in enumerate("osD"):
        points = means[k] + torch.randn(60, 2, dtype=torch.float64, generator=generator)
        axes.plot(*points.T, marker, color=f"C{k}", markersize=3.5)
    axes.set(xlabel="$x_1$", ylabel="$x_2$", aspect="equal", xlim=(-4, 4), ylim=(-3.5, 4))
    return figure


def training(softmax: Run) -> Figure:
    """Loss and accuracy of softmax regression on Fashion-MNIST."""
    figure, (loss, accuracy) = plt.subplots(1, 2, figsize=(6.0, 2.8))
    shade(loss, softmax.array("train_loss"))
    shade(accuracy, softmax.array("test_accuracy"), color="C1")
    loss.set(xlabel="epoch", ylabel="train loss (nats)")
    accuracy.set(xlabel="epoch", ylabel="test accuracy")
    for axes in (loss, accuracy):
        axes.set_xticks([1, 5, 10, 15, 20])
        axes.grid(axis="y")
    return figure


def class_accuracy(softmax: Run) -> Figure:
    """Test accuracy of each of the ten classes, mean and range of the seeds."""
    names = ("T-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot")
    accuracy = softmax.array("class_accuracy")
    order = accuracy.mean(0).argsort()
    mean = accuracy.mean(0)[order]
    spread = np.abs(np.stack([accuracy.min(0)[order], accuracy.max(0)[order]]) - mean)
    figure, axes = plt.subplots()
    axes.barh(np.arange(10), mean, xerr=spread, color="C0", ecolor=plt.rcParams["text.color"], height=0.65)
    axes.set(xlabel="test accuracy", xlim=(0, 1), yticks=range(10))
    axes.set_yticklabels([names[k] for k in order])
    return figure


def xor() -> Figure:
    """The four points of XOR as given, and as the two hidden units of the hand-set network see them."""
    x = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    labels = torch.tensor([0, 1, 1, 0])
    hidden = torch.sigmoid(20 * (x.sum(1, keepdim=True) - torch.tensor([0.5, 1.5])))
    figure, panels = plt.subplots(1, 2, figsize=(6.0, 2.9))
    for axes, points, names in ((panels[0], x, ("x_1", "x_2")), (panels[1], hidden, ("h_1", "h_2"))):
        for label, marker in ((0, "o"), (1, "D")):
            axes.plot(*points[labels == label].T, marker, color=f"C{label}", markersize=9, label=str(label))
        axes.set(xlabel=f"${names[0]}$", ylabel=f"${names[1]}$", aspect="equal", xlim=(-0.3, 1.3), ylim=(-0.3, 1.3))
        axes.set(xticks=[0, 1], yticks=[0, 1])
    boundary = np.array([-0.3, 1.3])
    panels[1].plot(boundary, (20 * boundary - 10) / 40, color=plt.rcParams["text.color"], linestyle="--")
    panels[1].annotate("2×", hidden[1], (10, -4), textcoords="offset points")
    return figure
