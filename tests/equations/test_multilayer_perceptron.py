"""The equations of the chapter on the multilayer perceptron, evaluated from their LaTeX, against torch and solvers."""

import math
from itertools import pairwise

import numpy as np
import scipy.optimize
import scipy.stats
import torch
from equations.draws import checker, rand, uniform
from torch import nn
from torch.nn import functional as F
from torch.utils.flop_counter import FlopCounterMode

from dlnotes.backpropagation import tiny_network
from dlnotes.multilayer_perceptron import (
    curve,
    interpolation_network,
    mlp,
    perceptron,
    sawtooth_network,
    sigmoid,
    staircase_network,
)

check = checker("multilayer_perceptron")

W, B, X, Z, A = r"\mathbf{W}", r"\mathbf{b}", r"\mathbf{x}", r"\mathbf{z}", r"\mathbf{a}"
ONE = r"\mathbf{1}"
SIDES = [-1.7, -0.4, 0.6, 2.3]  # on both sides of a kink at 0


def number(value):
    return torch.tensor(float(value), dtype=torch.float64)


def slope(function):
    """Derivative of a function that acts on every entry, by autograd."""

    def derivative(z):
        z = z.detach().clone().requires_grad_()
        return torch.autograd.grad(function(z).sum(), z)[0]

    return derivative


# A neuron


def test_neuron():
    x, layer = rand(4), nn.Linear(4, 2).double()
    for j in (0, 1):
        check(
            "neuron",
            {r"\mathbf{w}": layer.weight[j].detach(), X: x, "b": layer.bias[j].detach(), "h": F.gelu}
            | {"a": F.gelu(layer(x))[j].detach()},
        )


def heaviside(z):
    return torch.heaviside(torch.as_tensor(z, dtype=torch.float64), number(0))


def test_step():
    for z in (*SIDES, 0.0):
        check("step", {r"\operatorname{step}": heaviside, "z": number(z)})


def test_gates():
    gates = {
        r"\operatorname{AND}": lambda a, b: number(a == 1 and b == 1),
        r"\operatorname{OR}": lambda a, b: number(a == 1 or b == 1),
        r"\operatorname{NOT}": lambda a: number(a == 0),
    }
    threshold = "another threshold between the sums for which the gate is 0 and 1"
    symmetric = "the gate is symmetric"
    for x1 in (0, 1):
        for x2 in (0, 1):
            check(
                "gates",
                gates | {r"\operatorname{step}": heaviside, "x_1": number(x1), "x_2": number(x2)},
                equivalent={
                    r"swap arguments: \operatorname{AND}(x_1, x_2)": symmetric,
                    r"swap arguments: \operatorname{OR}(x_1, x_2)": symmetric,
                    "raise the numeral: 2": threshold,
                    r"drop term 3: x_1 + x_2 - \frac{1}{2}": threshold,
                    "raise the numeral: 2 (2)": threshold,
                    r"drop right operand: \frac{1}{2} (2)": threshold,
                    "raise the numeral: 1 (2)": threshold,
                    "raise the numeral: 2 (3)": threshold,
                },
            )


class Plane:
    """A random hyperplane, two points of it, and a point beside it with its foot and its signed distance."""

    def __init__(self, size=3):
        self.w, self.b = rand(size), rand()
        self.p, self.q = self.project(rand(size)), self.project(rand(size))
        self.x = rand(size)
        self.foot = self.project(self.x)
        side = torch.sign(self.w @ self.x + self.b)
        self.s = side * torch.dist(self.x, self.foot)

    def project(self, point):
        """The nearest point with w·x + b = 0, by a least-squares solver: the smallest correction that gets there."""
        correction = torch.linalg.lstsq(self.w[None], (-self.b - self.w @ point)[None, None]).solution[:, 0]
        return point + correction

    def names(self):
        return {r"\mathbf{w}": self.w, "b": self.b, r"\mathbf{p}": self.p, r"\mathbf{q}": self.q, X: self.x}


def test_normal():
    check("normal", Plane().names() | {r"\mathbf{p}": rand(3), r"\mathbf{q}": rand(3)})
    plane = Plane()
    assert abs(plane.w @ (plane.p - plane.q)) < 1e-12


def test_distance():
    plane = Plane()
    names = plane.names() | {r"\mathbf{q}": plane.foot, "s": plane.s}
    check("foot", names)
    check("distance", names)


def test_augmented():
    w, b, x = rand(4), rand(), rand(4)
    tilde = {r"\tilde{\mathbf{w}}": torch.cat([w, b[None]]), r"\tilde{\mathbf{x}}": torch.cat([x, number(1)[None]])}
    check("augmented", tilde | {r"\mathbf{w}": w, X: x, "b": b})


# The perceptron


class Separable:
    """Samples with a margin, the weights that the perceptron passes through, and the samples of its mistakes."""

    def __init__(self, samples=30, size=3):
        self.u = F.normalize(rand(size), dim=0)
        x = rand(40 * samples, size)
        self.x = x[(x @ self.u).abs() > 0.1][:samples]
        self.y = torch.sign(self.x @ self.u)
        self.weights = perceptron(self.x, self.y)
        steps = self.weights.diff(dim=0)
        signed = self.y[:, None] * self.x
        self.at = [int((signed - step).norm(dim=1).argmin()) for step in steps]

    def names(self):
        return {
            r"\mathbf{u}": self.u,
            r"\mathbf{w}": dict(enumerate(self.weights)),
            X: {t: self.x[i] for t, i in enumerate(self.at)},
            "y": {t: self.y[i] for t, i in enumerate(self.at)},
            r"\gamma": (self.y * (self.x @ self.u)).min(),
            "R": self.x.norm(dim=1).max(),
            "T": len(self.at),
        }


class Orthogonal(Separable):
    """Orthogonal samples of one length, for which the bound is reached; whole numbers, so that nothing is rounded."""

    def __init__(self):
        signs = torch.tensor([[1.0, 1, 1, 1], [1, -1, 1, -1], [1, 1, -1, -1], [1, -1, -1, 1]], dtype=torch.float64)
        self.x = 3 * signs[torch.randperm(4)]
        self.y = torch.tensor([1.0, -1.0, -1.0, 1.0], dtype=torch.float64)
        self.u = self.y @ self.x / 12
        self.weights = perceptron(self.x, self.y)
        self.at = list(range(4))


def test_perceptron_rule():
    data = Separable()
    assert len(data.at) > 2
    check("rule", data.names(), forall={"t": range(len(data.at))})


def test_perceptron_loss():
    w, direction = rand(3), rand(3)
    swapped = r"swap arguments: \max(0, -y \mathbf{w}^\top \mathbf{x})"
    for x in (direction, -0.2 * direction):
        for y in (1.0, -1.0):
            scores = torch.stack([w @ x, number(0)])[None]
            loss = 2 * F.multi_margin_loss(scores, torch.tensor([int(y < 0)]), margin=0.0)  # divides by the classes
            names = {r"\mathbf{w}": w, X: x, "y": number(y), r"\mathbf{0}": torch.zeros(3).double()}
            check("perceptron-loss", names | {r"\mathcal{L}": loss}, equivalent={swapped: "the maximum is symmetric"})
            check("perceptron-gradient", names, given=["multilayer_perceptron-perceptron-loss"])


def test_margin():
    data = Separable(samples=5)
    distances = [float(sign) * float(torch.dot(row, data.u)) for row, sign in zip(data.x, data.y, strict=True)]
    longest = max(scipy.linalg.norm(row) for row in data.x.numpy())
    names = {r"\mathbf{u}": data.u, "N": 5, "R": longest, r"\gamma": min(distances)}
    for shift in range(5):  # the smallest and the longest in every place
        check("margin", names | {X: list(data.x.roll(shift, 0)), "y": list(data.y.roll(shift, 0))})


def test_progress_and_growth():
    for data, tight in ((Separable(), None), (Orthogonal(), 1e-9)):
        steps = {"t": range(len(data.at))}
        check("progress", data.names(), forall=steps, tight=tight)
        check("growth", data.names(), forall=steps, tight=tight)


def test_bound():
    for data, tight in ((Separable(), None), (Orthogonal(), 1e-9)):
        check("squeeze", data.names(), tight=tight)
        check("bound", data.names(), tight=tight)


# XOR, and a layer in between


def test_xor():
    for x in (torch.tensor([a, b]) for a in (0.0, 1.0, 0.3) for b in (0.0, 1.0, -0.9)):
        hidden = torch.relu(x.double().sum() - torch.tensor([0.0, 1.0]).double())
        network = nn.Linear(2, 1, bias=False).double()
        network.weight.data = torch.tensor([[1.0, -2.0]]).double()
        check(
            "xor",
            {
                X: x.double(),
                r"\operatorname{relu}": F.relu,
                "f": lambda x, network=network, hidden=hidden: network(hidden)[0].detach(),
            },
        )
    for a in (0.0, 1.0):
        for b in (0.0, 1.0):
            check(
                "xor",
                {X: torch.tensor([a, b]).double(), r"\operatorname{relu}": F.relu, "f": lambda x: number(x[0] != x[1])},
            )


def test_collapse():
    first, second = nn.Linear(4, 3).double(), nn.Linear(3, 2).double()
    network = nn.Sequential(first, second)
    x = rand(4)
    with torch.no_grad():
        b = network(torch.zeros(4).double())
        whole = torch.func.jacrev(network)(x)
    check(
        "collapse",
        {
            X: x,
            W: whole,
            B: b,
            rf"{W}^{{[1]}}": first.weight.detach(),
            rf"{W}^{{[2]}}": second.weight.detach(),
            rf"{B}^{{[1]}}": first.bias.detach(),
            rf"{B}^{{[2]}}": second.bias.detach(),
        },
    )


def test_relu_identities():
    for z in SIDES:
        check("relu-identities", {r"\operatorname{relu}": F.relu, "z": number(z)})


# Activation functions


def test_sigmoid():
    for z in SIDES:
        names = {r"\sigma": torch.sigmoid, "z": number(z)}
        check("sigmoid", names)
        check("sigmoid-symmetry", names)
        check("sigmoid-slope", names | {r"\sigma'": slope(torch.sigmoid)})


def test_tanh():
    for z in SIDES:
        names = {r"\sigma": torch.sigmoid, "z": number(z)}
        check("tanh", names)
        check("tanh-sigmoid", names)
        check("tanh-slope", names | {r"\tanh'": slope(torch.tanh)})
        check("tanh-lost", names)


def test_slopes_with_a_kink():
    alpha = uniform(0.1, 0.8)

    def leaky(z):
        return F.leaky_relu(z, float(alpha))

    for z in SIDES:
        names = {"z": number(z), r"\alpha": alpha}
        check("relu-slope", names | {r"\operatorname{relu}'": slope(F.relu)})
        check("leaky-relu", names | {r"\operatorname{leaky}": leaky})
        check("leaky-slope", names | {r"\operatorname{leaky}'": slope(leaky)})
        check("leaky-by-relu", names | {r"\operatorname{leaky}": leaky, r"\operatorname{relu}": F.relu})


NORMAL = {
    r"\varphi": lambda z: number(scipy.stats.norm.pdf(float(z))),
    r"\Phi": lambda z: number(scipy.stats.norm.cdf(float(z))),
}


def test_gelu():
    for z in SIDES:
        names = NORMAL | {"z": number(z), r"\operatorname{erf}": torch.erf}
        check("normal-distribution", names)
        check("gelu", names | {r"\operatorname{gelu}": F.gelu})
        check("gelu-slope", names | {r"\operatorname{gelu}'": slope(F.gelu)})
        check("gelu-tanh", names | {r"\operatorname{gelutanh}": lambda z: F.gelu(z, approximate="tanh")})


def test_silu():
    for z in SIDES:
        names = {"z": number(z), r"\sigma": torch.sigmoid}
        check("silu", names | {r"\operatorname{silu}": F.silu})
        check("silu-slope", names | {r"\operatorname{silu}'": slope(F.silu)})


def test_unit_gradient():
    N = 5
    x, w, b, target, v = rand(N, 3), rand(3), rand(), rand(N), rand()
    w.requires_grad_()
    z = x @ w + b
    a = F.silu(z)
    losses = 0.5 * (v * a - target).square()
    (g,) = torch.autograd.grad(losses.sum(), a, retain_graph=True)
    (by_autograd,) = torch.autograd.grad(losses.mean(), w)
    check(
        "unit-gradient",
        {
            r"\frac{\partial \mathcal{J}}{\partial \mathbf{w}}": by_autograd,
            "g": list(g),
            "h'": slope(F.silu),
            "z": list(z.detach()),
            X: list(x),
            "N": N,
        },
    )


# Layers and networks


def test_layer():
    layer, x = nn.Linear(4, 3).double(), rand(4)
    weight, bias = layer.weight.detach(), layer.bias.detach()
    names = {W: weight, B: bias, X: x, "W": weight, "n": 4}
    check(
        "unit",
        names | {"z": list(layer(x).detach()), "b": list(bias), r"\mathbf{w}": list(weight)},
        forall={"j": [1, 2, 3]},
    )
    check("layer", names | {Z: layer(x).detach()})
    batch = rand(5, 4)
    rows = {X: list(batch), Z: list(layer(batch).detach()), W: weight, B: bias}
    check("batch-row", rows, forall={"i": [1, 2, 5]})
    check(
        "batch",
        {r"\mathbf{X}": batch, r"\mathbf{Z}": layer(batch).detach(), W: weight, B: bias, ONE: torch.ones(5).double()},
    )


def test_forward():
    layers = [nn.Linear(4, 3).double(), nn.Linear(3, 5).double()]
    x = rand(4)
    outputs, pre = {0: x}, {}
    for position, layer in enumerate(layers, 1):
        pre[position] = layer(outputs[position - 1]).detach()
        outputs[position] = F.silu(pre[position])
    names = {
        W: [layer.weight.detach() for layer in layers],
        B: [layer.bias.detach() for layer in layers],
        A: outputs,
        Z: pre,
        "h": F.silu,
    }
    check("forward", names, forall={"l": [1, 2]})
    network = nn.Sequential(layers[0], nn.SiLU(), layers[1], nn.Softmax(dim=0))
    prediction = {r"\hat{\mathbf{y}}": network(x).detach(), r"\operatorname{softmax}": lambda z: torch.softmax(z, 0)}
    check("classifier", {key: names[key] for key in (W, B, "h")} | prediction | {X: x})


def test_tiny_network():
    _, _, weights, biases = tiny_network()
    check("tiny-weights", {W: weights})
    check("tiny-biases", {B: biases})


# The output, and its loss


def delta(loss, z):
    z = z.clone().requires_grad_()
    return torch.autograd.grad(loss(z), z)[0]


def test_squared_error():
    z, y = rand(4), rand(4)
    loss = 0.5 * F.mse_loss(z, y, reduction="sum")
    check("squared-error", {Z: z, r"\mathbf{y}": y, r"\mathcal{L}": loss})
    torch.testing.assert_close(delta(lambda z: 0.5 * F.mse_loss(z, y, reduction="sum"), z), z - y)


def test_binary_cross_entropy():
    for y in (0.0, 1.0, 0.3):
        z, y = rand(), number(y)
        a = torch.sigmoid(z)
        check("bce", {"a": a, "y": y, r"\mathcal{L}": F.binary_cross_entropy(a, y)})
        by_autograd = delta(lambda z, y=y: F.binary_cross_entropy_with_logits(z, y), z)
        check("sigmoid-delta", {r"\frac{\partial \mathcal{L}}{\partial z}": by_autograd, "a": a, "y": y})
        by_autograd = delta(lambda z, y=y: 0.5 * (torch.sigmoid(z) - y) ** 2, z)
        check("mismatch", {r"\frac{\partial \mathcal{L}}{\partial z}": by_autograd, "a": a, "y": y})


def test_softmax_delta():
    K = 4
    z, y = rand(K), torch.softmax(rand(K), 0)
    a = torch.softmax(z, 0)
    check("cross-entropy", {"z": list(z), "a": list(a), "y": list(y), "K": K, r"\mathcal{L}": F.cross_entropy(z, y)})
    check(
        "softmax-delta",
        {
            r"\mathcal{L}": r"\operatorname{ce}(\mathbf{z})",
            r"\operatorname{ce}": lambda z: F.cross_entropy(z, y),
            Z: z,
            "a": list(a),
            "y": list(y),
        },
        forall={"k": range(1, K + 1)},
    )


def test_canonical():
    y, z = torch.softmax(rand(3), 0), rand(3)
    pairs = [
        (lambda z: 0.5 * z.square().sum(), lambda z: 0.5 * F.mse_loss(z, y, reduction="sum")),
        (lambda z: F.softplus(z).sum(), lambda z: F.binary_cross_entropy_with_logits(z, y, reduction="sum")),
        (lambda z: torch.logsumexp(z, 0), lambda z: F.cross_entropy(z, y)),
    ]
    for potential, loss in pairs:
        names = {r"\mathcal{L}": r"\operatorname{loss}(\mathbf{z})", r"\operatorname{loss}": loss, "A": potential}
        check("canonical", names | {Z: z, r"\mathbf{y}": y})


# What a network can represent


def value_at(network, activation=F.relu):
    """A network of one number, as a function of that number."""
    return lambda x: mlp(number(x).view(1, 1), *network, activation)[0, 0]


def test_sharp():
    names = {r"\sigma": torch.sigmoid}
    check("sharp", names | {r"\kappa": uniform(1, 3), "d": uniform(0.1, 0.5)})
    check("sharp", names | {r"\kappa": uniform(8, 9), "d": uniform(3, 4)}, tight=1e-9)


def test_staircase():
    edges, heights, steepness = torch.tensor([0.2, 0.5, 0.9]).double(), rand(4), uniform(5, 9)
    network = staircase_network(edges, heights, float(steepness))
    names = {r"\kappa": steepness, r"\sigma": torch.sigmoid, "x": uniform(0, 1)}
    heights_from_zero = {i: v for i, v in enumerate(heights)}
    check("staircase", names | {"s": value_at(network, sigmoid), "v": heights_from_zero, "c": list(edges), "n": 3})
    p, q = number(0.3), number(0.6)
    bump = staircase_network(torch.stack([p, q]), torch.tensor([0.0, 1.0, 0.0]).double(), float(steepness))
    check("bump", names | {"B": value_at(bump, sigmoid), "p": p, "q": q})


def test_lipschitz():
    n, lipschitz = 4, number(3.0)
    middle, half = number(0.5), 1 / (2 * (n + 1))
    names = {"f": lambda x: 3.0 * torch.sin(x - 0.5), r"\ell": lipschitz, "m": middle, "n": n}
    check("lipschitz", names | {"x": middle + 0.6 * half})
    check("lipschitz", names | {"f": lambda x: 3.0 * x, "x": middle - half}, tight=1e-9)


def test_interpolation():
    knots = torch.tensor([0.1, 0.3, 0.4, 0.8]).double()
    values = curve(knots)
    network = interpolation_network(knots, values)
    pieces = np.diff(values.numpy()) / np.diff(knots.numpy())
    families = {"c": dict(enumerate(knots)), "f": curve}
    check("slopes", families | {"s": list(pieces)}, forall={"i": [1, 2, 3]})
    for x in (0.15, 0.35, 0.7):
        expected = number(np.interp(x, knots.numpy(), values.numpy()))
        torch.testing.assert_close(mlp(number(x).view(1, 1), *network)[0, 0], expected)
        check(
            "interpolation",
            families
            | {"s": {0: number(0), **{i: number(v) for i, v in enumerate(pieces, 1)}}, "n": 3, "x": number(x)}
            | {
                r"\operatorname{relu}": F.relu,
                "p": lambda x: number(np.interp(float(x), knots.numpy(), values.numpy())),
            },
        )
    families = {"s": {0: number(0), **{i: number(v) for i, v in enumerate(pieces, 1)}}}
    check("telescope", families, forall={"j": [1, 2, 3]})


def chord(f, left, right):
    return lambda x: f(left) + (f(right) - f(left)) / (right - left) * (x - left)


def test_rolle():
    """For f = exp the point ξ can be solved for: it lies between the knots."""
    c, width = number(0.2), number(0.7)
    x = c + width * uniform(0.2, 0.8)
    p = chord(torch.exp, c, c + width)
    xi = torch.log(-2 * (torch.exp(x) - p(x)) / ((x - c) * (c + width - x)))
    assert c < xi < c + width
    cubic = scipy.optimize.brentq(lambda t: float(torch.exp(number(t)) - torch.exp(xi)), 0.0, 1.0, xtol=1e-15)
    names = {"f": torch.exp, "f''": torch.exp, "p": p, r"\xi": number(cubic)}
    check("rolle", names | {"x": x, "c": c, r"\Delta": width}, tolerance=1e-8)


def test_parabola():
    c, width = rand(), uniform(0.5, 2)
    for share, tight in ((0.2, None), (0.9, None), (0.5, 1e-9)):
        check("parabola", {"x": c + share * width, "c": c, r"\Delta": width}, tight=tight)


def test_interpolation_error():
    n = 4
    knots = torch.linspace(0, 1, n + 1, dtype=torch.float64)

    def approximation(f):
        return value_at(interpolation_network(knots, f(knots)))

    check(
        "interpolation-error",
        {"f": curve, "p": approximation(curve), "x": uniform(0, 1), "M": 16.5 * math.pi**2, "n": n},
    )

    for sign in (1.0, -1.0):

        def parabola(x, sign=sign):
            return sign * 1.5 * x**2

        names = {"f": parabola, "p": approximation(parabola), "M": 3.0, "n": n}
        check("interpolation-error", names | {"x": number(0.375)}, tight=1e-9)


def test_tower():
    steepness = 4.0
    edges = torch.tensor([0.2, 0.6, 0.3, 0.8], dtype=torch.float64)
    first = torch.tensor([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0]]).double()
    weights = [steepness * first, steepness * torch.tensor([[1.0, -1.0, 1.0, -1.0]]).double()]
    biases = [-steepness * edges, torch.tensor([-1.5 * steepness]).double()]

    def between(low, high):
        return lambda x: torch.sigmoid(steepness * (x - low)) - torch.sigmoid(steepness * (x - high))

    for x1, x2 in ((0.4, 0.5), (0.1, 0.9), (0.5, 0.1)):
        x = torch.tensor([[x1, x2]], dtype=torch.float64)

        check(
            "tower",
            {
                "B": lambda x1, x2: torch.sigmoid(mlp(torch.stack([x1, x2])[None], weights, biases, torch.sigmoid))[
                    0, 0
                ],
                "B_1": between(0.2, 0.6),
                "B_2": between(0.3, 0.8),
                r"\kappa": steepness,
                r"\sigma": torch.sigmoid,
                "x_1": x[0, 0],
                "x_2": x[0, 1],
            },
        )


def test_tent():
    m = value_at(sawtooth_network(1, torch.float64))

    def triangle(x):
        return number(np.interp(float(x), [0.0, 0.5, 1.0], [0.0, 1.0, 0.0]))

    check("tent", {"m": triangle, r"\operatorname{relu}": F.relu, "x": number(-0.3)})
    for x in (0.1, 0.4, 0.5, 0.7, 0.95):
        check("tent", {"m": triangle, r"\operatorname{relu}": F.relu, "x": number(x)})
        check("tent-cases", {"m": m, "x": number(x)})


def test_sawtooth():
    families = {k: value_at(sawtooth_network(k, torch.float64)) for k in (1, 2, 3, 4)}
    for x in (0.07, 0.31, 0.5, 0.86):
        check("sawtooth", {"m": families, "x": number(x)}, forall={"k": [1, 2, 3, 4]})


# What it costs


def linears(*sizes):
    return [nn.Linear(n, m) for n, m in pairwise(sizes)]


def test_counts():
    sizes, samples = (5, 4, 3, 2), 6
    layers = linears(*sizes)
    names = {"n": dict(enumerate(sizes)), "L": 3}
    check("parameters", names | {"P": sum(p.numel() for layer in layers for p in layer.parameters())})
    with FlopCounterMode(display=False) as counter:
        nn.Sequential(*layers)(torch.zeros(samples, sizes[0]))
    check("multiply-adds", names | {"N": samples, "C": counter.get_total_flops() / 2})


def test_budget():
    m = 23
    check("budget", {"m": m, "P": sum(p.numel() for layer in linears(784, m, m, 10) for p in layer.parameters())})


def test_image_layers():
    c, s, m, k = 2, 6, 5, 3

    def count(layer):
        return sum(p.numel() for p in layer.parameters())

    names = {"c": c, "s": s, "m": m, "k": k}
    check("full", names | {r"P_{\mathrm{full}}": count(nn.Linear(c * s * s, m))})
    check("maps", names | {r"P_{\mathrm{maps}}": count(nn.Linear(c * s * s, m * s * s))})
    conv = nn.Conv2d(c, m, k, padding=1)
    check("conv", names | {r"P_{\mathrm{conv}}": count(conv)})
    with FlopCounterMode(display=False) as counter:
        conv(torch.zeros(1, c, s, s))
    assert counter.get_total_flops() == 2 * m * s**2 * c * k**2


# Training


def test_training():
    scores, labels = rand(5, 3), torch.tensor([0, 2, 1, 1, 0])
    losses = F.cross_entropy(scores, labels, reduction="none")
    check("cost", {r"\mathcal{L}": list(losses), "N": 5, r"\mathcal{J}": F.cross_entropy(scores, labels)})
    theta = rand(4).requires_grad_()
    optimizer = torch.optim.SGD([theta], lr=0.3)
    target = rand(4)
    before = theta.detach().clone()
    F.huber_loss(theta, target).backward()
    optimizer.step()
    check(
        "update",
        {
            r"\boldsymbol{\theta}": before,
            r"\eta": 0.3,
            r"\mathcal{J}": r"\operatorname{cost}(\boldsymbol{\theta})",
            r"\operatorname{cost}": lambda theta: F.huber_loss(theta, target),
        },
        after={r"\boldsymbol{\theta}": theta.detach()},
    )


# Exercises


def test_rescaling():
    w1, w2, b1, x, c = rand(4, 3), rand(2, 4), rand(4), rand(3), uniform(1.5, 3)
    names = {rf"{W}^{{[1]}}": w1, rf"{W}^{{[2]}}": w2, rf"{B}^{{[1]}}": b1, X: x, "c": c}
    check("rescaling", names | {r"\operatorname{relu}": F.relu})


def test_maximum():
    for a, b in ((1.3, 0.4), (-0.7, 0.9), (-0.2, -1.5), (-2.0, -0.3)):
        names = {"a": number(a), "b": number(b), r"\operatorname{relu}": F.relu}
        check("maximum", names, equivalent={r"swap arguments: \max(a, b)": "the maximum is symmetric"})


def test_tanh_network():
    w2, b2, z = rand(2, 3), rand(2), rand(3)
    names = {rf"{W}^{{[2]}}": w2, rf"{B}^{{[2]}}": b2, Z: z, ONE: torch.ones(3).double(), r"\sigma": torch.sigmoid}
    check("tanh-network", names)
