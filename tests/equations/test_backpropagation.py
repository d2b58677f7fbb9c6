"""Bindings of the backpropagation chapter's equations; losses and activations are torch's own, gradients autograd's."""

import math
from itertools import pairwise

import pytest
import scipy.optimize
import torch
from torch.nn import functional as F
from torch.utils.flop_counter import FlopCounterMode

from dlnotes.backpropagation import backward, forward, he_normal
from dlnotes.book.equations import eq

SEEDS = (0, 1)
LAYERS = (4, 3, 6, 5)  # widths of a network of three layers, all different
SAMPLES = 7
CYCLIC = "a trace does not change when factors are moved in a circle"


def normal(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def parameters(sizes: tuple[int, ...], seed: int) -> dict[str, object]:
    """Weights and biases by layer, one activation and torch's softmax."""
    pairs = list(pairwise(sizes))
    return {
        r"\mathbf{W}": {k: normal(o, i, seed=10 * seed + k) for k, (i, o) in enumerate(pairs, 1)},
        r"\mathbf{b}": {k: normal(o, seed=50 + 10 * seed + k) for k, (_, o) in enumerate(pairs, 1)},
        "h": torch.tanh,
        r"\operatorname{softmax}": lambda z: torch.softmax(z, dim=0),
    }


def two_layers(seed: int) -> dict[str, object]:
    """A sample, a soft target and a network of two layers, with torch's cross entropy of the scores as loss."""
    y = normal(5, seed=90 + seed).softmax(0)
    return parameters((4, 3, 5), seed) | {
        r"\mathbf{x}": normal(4, seed=70 + seed),
        r"\mathbf{y}": y,
        r"\operatorname{crossentropy}": lambda z: F.cross_entropy(z, y),
        r"\mathcal{L}": r"\operatorname{crossentropy}(\mathbf{z}^{[2]})",
        r"\mathbf{1}": torch.ones(5, dtype=torch.float64),
        "K": 5,
    }


TWO = ["backpropagation-two-layers"]
SIGNALS = ["backpropagation-two-layers", "backpropagation-error-signal"]


def deep(seed: int) -> dict[str, object]:
    """A network of three layers; its activations are those of (backpropagation-forward)."""
    y = normal(5, seed=90 + seed).softmax(0)
    return parameters(LAYERS, seed) | {
        r"\mathbf{a}^{[0]}": normal(4, seed=70 + seed),
        r"\operatorname{crossentropy}": lambda z: F.cross_entropy(z, y),
        r"\mathcal{L}": r"\operatorname{crossentropy}(\mathbf{z}^{[3]})",
        "L": 3,
    }


DEEP = ["backpropagation-forward", "backpropagation-error-signal"]


def batch(seed: int) -> dict[str, object]:
    """The same for a batch, with torch's mean cross entropy as cost."""
    y = normal(SAMPLES, 5, seed=90 + seed).softmax(1)
    return parameters(LAYERS, seed) | {
        r"\mathbf{A}^{[0]}": normal(SAMPLES, 4, seed=70 + seed),
        r"\mathbf{A}^{[1]}": r"h(\mathbf{Z}^{[1]})",
        r"\mathbf{A}^{[2]}": r"h(\mathbf{Z}^{[2]})",
        r"\mathbf{A}^{[3]}": r"\operatorname{softmax}(\mathbf{Z}^{[3]})",
        r"\operatorname{softmax}": lambda z: torch.softmax(z, dim=1),
        r"\operatorname{crossentropy}": lambda z: F.cross_entropy(z, y),
        r"\mathcal{J}": r"\operatorname{crossentropy}(\mathbf{Z}^{[3]})",
        r"\boldsymbol{\Delta}^{[l]}": r"N \frac{\partial \mathcal{J}}{\partial \mathbf{Z}^{[l]}}",
        r"\mathbf{Y}": y,
        r"\mathbf{1}": torch.ones(SAMPLES, dtype=torch.float64),
        "N": SAMPLES,
        "L": 3,
    }


BATCH = ["backpropagation-batch-forward"]


@pytest.mark.parametrize("seed", SEEDS)
def test_layer(seed):
    weight, bias, x = normal(3, 4, seed=seed), normal(3, seed=seed + 5), normal(4, seed=seed + 9)
    z = F.linear(x, weight, bias)
    eq("backpropagation-neuron").holds(
        {"a": torch.tanh(z[0]), "h": torch.tanh, r"\mathbf{w}": weight[0], r"\mathbf{x}": x, "b": bias[0]}
    )
    bindings = {r"\mathbf{W}": weight, r"\mathbf{b}": bias, r"\mathbf{x}": x, r"\mathbf{z}": z}
    eq("backpropagation-layer").holds(bindings)
    eq("backpropagation-unit").holds(
        {"W": weight, "b": bias, r"\mathbf{x}": x, "x": x, "z": z, r"\mathbf{w}": list(weight), "n": 4},
        forall={"j": [1, 2, 3]},
    )


def test_linear_layers():
    eq("backpropagation-linear-layers").holds(
        {
            r"\mathbf{W}": {1: normal(3, 4), 2: normal(5, 3, seed=1)},
            r"\mathbf{b}": {1: normal(3, seed=2), 2: normal(5, seed=3)},
            r"\mathbf{x}": normal(4, seed=4),
        }
    )


def test_activations():
    for value in (-1.7, 0.0, 0.6):
        z = torch.tensor(value, dtype=torch.float64)
        for label in ("sigmoid", "sigmoid-slope", "tanh", "tanh-slope"):
            eq(f"backpropagation-{label}").holds({"z": z, r"\sigma": torch.sigmoid})


def test_relu():
    for value in (-2.6, -0.4, 0.7, 2.0):
        z = torch.tensor(value, dtype=torch.float64)
        eq("backpropagation-relu-slope").holds({"z": z, r"\operatorname{relu}": torch.relu})


@pytest.mark.parametrize("seed", SEEDS)
def test_two_layers(seed):
    bindings = two_layers(seed)
    weights, biases = bindings[r"\mathbf{W}"], bindings[r"\mathbf{b}"]
    z1 = F.linear(bindings[r"\mathbf{x}"], weights[1], biases[1])
    z2 = F.linear(torch.tanh(z1), weights[2], biases[2])
    values = {r"\mathbf{z}": {1: z1, 2: z2}, r"\mathbf{a}": {1: torch.tanh(z1), 2: torch.softmax(z2, dim=0)}}
    eq("backpropagation-two-layers").holds(bindings | values)
    y = bindings[r"\mathbf{y}"]
    loss = {r"\mathcal{L}": F.cross_entropy(z2, y), "a": {2: torch.softmax(z2, dim=0)}, "y": y, "K": 5}
    eq("backpropagation-loss").holds(loss)


def smooth_map(seed: int) -> dict[str, object]:
    """x in R^4 to z in R^3 to a in R^5 to a number, none of them linear."""
    first, second = normal(3, 4, seed=seed), normal(5, 3, seed=seed + 5)
    return {
        r"\mathbf{x}": normal(4, seed=seed + 9),
        "f": lambda x: torch.tanh(first @ x),
        "g": lambda z: torch.sin(second @ z),
        r"\mathbf{z}": r"f(\mathbf{x})",
        r"\mathbf{a}": r"g(\mathbf{z})",
        r"\operatorname{logsumexp}": lambda a: torch.logsumexp(a, dim=0),
        r"\mathcal{L}": r"\operatorname{logsumexp}(\mathbf{a})",
        "m": 3,
    }


@pytest.mark.parametrize("seed", SEEDS)
def test_chain_rule(seed):
    bindings = smooth_map(seed)
    eq("backpropagation-chain").holds(bindings)
    eq("backpropagation-gradient-chain").holds(bindings)
    x, f, g = bindings[r"\mathbf{x}"], bindings["f"], bindings["g"]
    jacobian = torch.autograd.functional.jacobian(f, x)
    eq("backpropagation-jacobian").holds(
        {r"\frac{\partial \mathbf{z}}{\partial \mathbf{x}}": jacobian, "x": x, "z": "f(x)", "f": f},
        forall={"i": [1, 2, 3], "j": [1, 2, 3, 4]},
    )
    eq("backpropagation-chain-entry").holds(
        {"x": x, "z": "f(x)", r"\mathcal{L}": r"\ell(z)", r"\ell": lambda z: torch.logsumexp(g(z), 0), "f": f, "m": 3},
        forall={"j": [1, 2, 3, 4]},
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_differentials(seed):
    """Differentials are directional derivatives, by torch's Jacobian-vector products."""
    bindings = smooth_map(seed)
    x, f, g = bindings[r"\mathbf{x}"], bindings["f"], bindings["g"]
    dx = normal(4, seed=30 + seed)
    _, change = torch.autograd.functional.jvp(lambda x: torch.logsumexp(g(f(x)), 0), x, dx)
    eq("backpropagation-differential").holds(bindings | {r"\mathrm{d}\mathcal{L}": change, r"\mathrm{d}\mathbf{x}": dx})

    w, dw = normal(3, 4, seed=40 + seed), normal(3, 4, seed=41 + seed)

    def loss(w):
        return torch.logsumexp(torch.tanh(w @ x), 0)

    _, change = torch.autograd.functional.jvp(loss, w, dw)
    gradient = r"\frac{\partial \mathcal{L}}{\partial \mathbf{W}}"
    eq("backpropagation-matrix-differential").holds(
        {
            r"\mathrm{d}\mathcal{L}": change,
            r"\mathrm{d}W": dw,
            r"\mathrm{d}\mathbf{W}": dw,
            gradient: torch.autograd.functional.jacobian(loss, w),
            "W": w,
            r"\mathcal{L}": r"\ell(W)",
            r"\ell": loss,
            "m": 3,
            "n": 4,
        },
        equivalent={
            rf"swap factors 1 and 2: ({gradient}\right)^\top \mathrm{{d}}\mathbf{{W}}": CYCLIC,
        },
    )
    a, b = normal(3, 4, seed=50 + seed), normal(4, 3, seed=51 + seed)
    eq("backpropagation-trace").holds(
        {r"\mathbf{A}": a, r"\mathbf{B}": b, "A": a, "B": b, "m": 3, "n": 4},
        equivalent={
            r"swap factors 1 and 2: \mathbf{A}\mathbf{B}": CYCLIC,
            r"swap factors 1 and 2: \mathbf{B}\mathbf{A}": CYCLIC,
        },
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_identities(seed):
    eq("backpropagation-identities").holds(
        {
            r"\mathbf{x}": normal(4, seed=seed),
            r"\mathbf{b}": normal(4, seed=10 + seed),
            r"\mathbf{A}": normal(4, 4, seed=20 + seed),
            r"\mathbf{c}": normal(3, seed=30 + seed),
            r"\mathbf{W}": normal(3, 4, seed=40 + seed),
        },
        equivalent={r"transpose: \mathbf{A}": "a number is its own transpose"},
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_output_layer(seed):
    bindings = two_layers(seed)
    y, crossentropy = bindings[r"\mathbf{y}"], bindings[r"\operatorname{crossentropy}"]
    z = normal(5, seed=seed)
    delta = torch.autograd.functional.jacobian(crossentropy, z)
    loss_of_scores = {
        r"\operatorname{crossentropy}": crossentropy,
        r"\mathcal{L}": r"\operatorname{crossentropy}(\mathbf{z}^{[2]})",
        r"\mathbf{z}": {2: z},
        r"\boldsymbol{\delta}": {2: delta},
    }
    eq("backpropagation-error-signal").holds(loss_of_scores, forall={"l": [2]})

    loss_of_activations = bindings | {r"\mathcal{L}": r"\operatorname{nll}(\mathbf{a}^{[2]})"}
    soft = {r"\operatorname{nll}": lambda a: -(y @ a.log())}
    one_hot = {
        r"\operatorname{nll}": lambda a: F.nll_loss(a.log()[None], torch.tensor([3])),
        r"\mathbf{y}": F.one_hot(torch.tensor(3), 5).double(),
    }
    for case in (soft, one_hot):
        eq("backpropagation-output-activation").holds(loss_of_activations | case, given=TWO)
    scores = {
        r"\mathbf{z}": {2: z},
        r"\mathbf{a}^{[2]}": r"\operatorname{softmax}(\mathbf{z}^{[2]})",
        r"\boldsymbol{\delta}": {2: delta},
    }
    a = r"\mathbf{a}^{[2]}"
    symmetric, ones = "the Jacobian of softmax is symmetric", "the factor is the sum of the targets, which is 1"
    eq("backpropagation-output-error").holds(
        loss_of_activations | soft | scores,
        equivalent={
            rf"drop transpose: (\frac{{\partial {a}}}{{\partial \mathbf{{z}}^{{[2]}}}}\right)^\top": symmetric,
            rf"drop transpose: (\operatorname{{diag}}({a}) - {a} \mathbf{{a}}^{{[2]\top}})^\top": symmetric,
            rf"drop factor 2: {a} (\mathbf{{a}}^{{[2]\top}} (\mathbf{{y}} \oslash {a}))": ones,
            rf"drop factor 2: {a} (\mathbf{{1}}^\top \mathbf{{y}})": ones,
        },
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_hidden_layer(seed):
    """The change of the loss along random changes of weights, activation and bias."""
    bindings = two_layers(seed)
    a, z1 = normal(3, seed=20 + seed), normal(3, seed=21 + seed)
    weight, bias, y = bindings[r"\mathbf{W}"][2], bindings[r"\mathbf{b}"][2], bindings[r"\mathbf{y}"]
    changes = normal(5, 3, seed=22 + seed), normal(3, seed=23 + seed), normal(5, seed=24 + seed)
    _, dz = torch.autograd.functional.jvp(lambda w, a, b: F.linear(a, w, b), (weight, a, bias), changes)
    names = (r"\mathrm{d}\mathbf{W}^{[2]}", r"\mathrm{d}\mathbf{a}^{[1]}", r"\mathrm{d}\mathbf{b}^{[2]}")
    layer = {r"\mathbf{W}": {2: weight}, r"\mathbf{a}": {1: a}}
    moved = layer | dict(zip(names, changes, strict=True))
    eq("backpropagation-layer-differential").holds(moved | {r"\mathrm{d}\mathbf{z}^{[2]}": dz})
    _, change = torch.autograd.functional.jvp(
        lambda w, a, b: F.cross_entropy(F.linear(a, w, b), y), (weight, a, bias), changes
    )
    signal = {r"\boldsymbol{\delta}": {2: torch.softmax(F.linear(a, weight, bias), 0) - y}}
    swapped = r"(\boldsymbol{\delta}^{[2]} \mathbf{a}^{[1]\top})^\top \mathrm{d}\mathbf{W}^{[2]}"
    eq("backpropagation-loss-differential").holds(
        moved | signal | {r"\mathrm{d}\mathcal{L}": change},
        equivalent={f"swap factors 1 and 2: {swapped}": CYCLIC},
    )

    _, da = torch.autograd.functional.jvp(torch.tanh, z1, changes[1])
    activation = {
        "h": torch.tanh,
        r"\mathbf{z}": {1: z1},
        r"\mathrm{d}\mathbf{z}^{[1]}": changes[1],
        r"\mathrm{d}\mathbf{a}^{[1]}": da,
    }
    eq("backpropagation-activation-differential").holds(activation)
    eq("backpropagation-hidden-differential").holds(activation | signal | {r"\mathbf{W}": {2: weight}})


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("label", ["output-weights", "output-bias", "hidden-activation", "hidden-error", "first-layer"])
def test_gradients_of_two_layers(label, seed):
    eq(f"backpropagation-{label}").holds(two_layers(seed), given=SIGNALS)


@pytest.mark.parametrize("seed", SEEDS)
def test_recursion(seed):
    bindings = deep(seed)
    values, a = {}, bindings[r"\mathbf{a}^{[0]}"]
    for k in (1, 2):
        z = F.linear(a, bindings[r"\mathbf{W}"][k], bindings[r"\mathbf{b}"][k])
        a = torch.tanh(z)
        values |= {rf"\mathbf{{z}}^{{[{k}]}}": z, rf"\mathbf{{a}}^{{[{k}]}}": a}
    eq("backpropagation-forward").holds(bindings | values, forall={"l": [1, 2]})
    eq("backpropagation-recursion").holds(bindings, given=DEEP, forall={"l": [1, 2]})
    eq("backpropagation-weights").holds(bindings, given=DEEP, forall={"l": [1, 2, 3]})
    eq("backpropagation-biases").holds(bindings, given=DEEP, forall={"l": [1, 2, 3]})


@pytest.mark.parametrize("seed", SEEDS)
def test_output_rules(seed):
    z, y = normal(5, seed=seed), normal(5, seed=10 + seed).softmax(0)
    ones = torch.ones(5, dtype=torch.float64)
    delta = torch.autograd.functional.jacobian(lambda z: F.cross_entropy(z, y), z)
    output = {r"\mathbf{a}": {3: torch.softmax(z, 0)}, "L": 3}
    eq("backpropagation-base").holds(output | {r"\boldsymbol{\delta}": {3: delta}, r"\mathbf{y}": y})
    for target in (y, F.one_hot(torch.tensor(3), 5).double()):
        eq("backpropagation-elementwise-error").holds(output | {r"\mathbf{y}": target, r"\mathbf{1}": ones})
    binary = {r"\mathbf{a}": torch.sigmoid(z), r"\mathbf{y}": y, r"\mathbf{1}": ones}
    eq("backpropagation-sigmoid-output").holds(binary)


@pytest.mark.parametrize("seed", SEEDS)
def test_batch(seed):
    bindings = batch(seed)
    weights, biases, y = bindings[r"\mathbf{W}"], bindings[r"\mathbf{b}"], bindings[r"\mathbf{Y}"]
    zs, a = {}, {0: bindings[r"\mathbf{A}^{[0]}"]}
    for k in (1, 2, 3):
        zs[k] = F.linear(a[k - 1], weights[k], biases[k])
        a[k] = torch.tanh(zs[k]) if k < 3 else torch.softmax(zs[k], 1)
    values = {r"\mathbf{W}": weights, r"\mathbf{b}": biases, r"\mathbf{A}": a, r"\mathbf{Z}": zs}
    eq("backpropagation-batch-forward").holds(
        values | {r"\mathbf{1}": bindings[r"\mathbf{1}"]}, forall={"l": [1, 2, 3]}
    )
    cost = {
        r"\mathcal{J}": F.cross_entropy(zs[3], y),
        r"\mathcal{L}": list(F.cross_entropy(zs[3], y, reduction="none")),
        "Y": y,
        "A": {3: a[3]},
    }
    eq("backpropagation-cost").holds(cost | {"L": 3, "N": SAMPLES, "K": 5})
    eq("backpropagation-batch-recursion").holds(bindings, given=BATCH, forall={"l": [1, 2]})
    eq("backpropagation-batch-biases").holds(bindings, given=BATCH, forall={"l": [1, 2, 3]})
    for k in (1, 2, 3):
        rows = {r"\boldsymbol{\delta}": sample_signals(k, zs[k], bindings), r"\mathbf{a}": list(a[k - 1])}
        eq("backpropagation-batch-weights").holds(bindings | rows, given=BATCH, forall={"l": [k]})


def sample_signals(layer: int, zs: torch.Tensor, bindings: dict[str, object]) -> list[torch.Tensor]:
    """Error signals of a layer, sample by sample: the gradient of each loss by that sample's own pre-activations."""

    def loss(z: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        for later in range(layer + 1, 4):
            z = F.linear(torch.tanh(z), bindings[r"\mathbf{W}"][later], bindings[r"\mathbf{b}"][later])
        return F.cross_entropy(z, y)

    pairs = zip(zs, bindings[r"\mathbf{Y}"], strict=True)
    return [torch.autograd.functional.jacobian(lambda z, y=y: loss(z, y), z) for z, y in pairs]


@pytest.mark.parametrize("widths", [(784, 256, 128, 10), (5, 7, 3, 4)])
def test_cost(widths):
    """Operations counted by torch while the chapter's passes run."""
    samples = 6
    weights, biases = he_normal(widths, torch.Generator().manual_seed(0))
    x, y = torch.randn(samples, widths[0]), torch.eye(widths[-1])[:1].expand(samples, -1)
    with FlopCounterMode(display=False) as ahead:
        outputs = forward(x, weights, biases)
    with FlopCounterMode(display=False) as back:
        backward(outputs, y, weights)
    bindings = {"n": dict(enumerate(widths)), "L": len(widths) - 1, "N": samples}
    counted = {r"C_{\mathrm{f}}": ahead.get_total_flops(), r"C_{\mathrm{b}}": back.get_total_flops()}
    eq("backpropagation-forward-cost").holds(bindings | counted)
    eq("backpropagation-backward-cost").holds(bindings | counted)
    eq("backpropagation-cost-ratio").holds(bindings | counted)
    eq("backpropagation-memory").holds(bindings | {"M": sum(output.numel() for output in outputs)})


def test_central():
    x = torch.tensor(0.7, dtype=torch.float64)
    central = math.sin(1.0) / 0.6 - math.sin(0.4) / 0.6
    eq("backpropagation-central").holds({"D(s)": central, "f": torch.sin, "x": x, "s": 0.3})


def test_best_step():
    """f = c + sin, whose third derivative is -cos, with an ε so large that no term hides; scipy minimises."""
    for x, constant in ((0.7, 1.5), (2.5, -2.4)):
        f, third, eps = abs(constant + math.sin(x)), abs(math.cos(x)), 0.03
        bindings = {
            "f": lambda x, constant=constant: constant + torch.sin(x),
            "x": torch.tensor(x, dtype=torch.float64),
            r"\varepsilon": eps,
        }

        def error(s, f=f, third=third, eps=eps):
            return third * s * s / 6 + eps * f / s

        step = {"E": error, "s": torch.tensor(0.6, dtype=torch.float64)}
        eq("backpropagation-difference-error").holds(bindings | step)
        eq("backpropagation-difference-slope").holds(bindings | step)
        best = scipy.optimize.minimize_scalar(error, bounds=(0.1, 2.0), options={"xatol": 1e-9})
        eq("backpropagation-best-step").holds(bindings | {"s_*": best.x}, tolerance=1e-6)
        eq("backpropagation-best-error").holds(bindings | {"E(s_*)": best.fun})


def test_relative_error():
    g, estimate = normal(6), normal(6, seed=1)
    ratio = math.dist(g, estimate) / (math.hypot(*g) + math.hypot(*estimate))
    eq("backpropagation-relative-error").holds({"r": ratio, r"\mathbf{g}": g, r"\hat{\mathbf{g}}": estimate})


def test_taylor():
    eq("backpropagation-taylor").by_program(
        en="an order of magnitude, O(s⁴), is a statement about a limit", zh="量级 O(s⁴) 是关于极限的陈述"
    )
    f = math.exp(0.7)  # exp and all its derivatives

    def remainder(s):
        return (math.exp(0.7 + s) - math.exp(0.7 - s)) / (2 * s) - f - s**2 / 6 * f

    for s in (0.2, 0.1, 0.05):  # half the step, a sixteenth of the remainder
        assert remainder(s) / remainder(s / 2) == pytest.approx(16, rel=0.01)


@pytest.mark.parametrize("seed", SEEDS)
def test_modes(seed):
    bindings = smooth_map(seed) | {r"\mathbf{y}": r"f(\mathbf{x})"}
    x, f = bindings[r"\mathbf{x}"], bindings["f"]
    y_bar, x_dot = normal(3, seed=60 + seed), normal(4, seed=61 + seed)
    _, x_bar = torch.autograd.functional.vjp(f, x, y_bar)
    _, y_dot = torch.autograd.functional.jvp(f, x, x_dot)
    eq("backpropagation-vjp").holds(bindings | {r"\bar{\mathbf{x}}": x_bar, r"\bar{\mathbf{y}}": y_bar})
    eq("backpropagation-jvp").holds(bindings | {r"\dot{\mathbf{x}}": x_dot, r"\dot{\mathbf{y}}": y_dot})
    jacobians = {1: normal(3, 4, seed=seed), 2: normal(6, 3, seed=seed + 1), 3: normal(5, 6, seed=seed + 2)}
    eq("backpropagation-bracketing").holds({r"\mathbf{J}": jacobians, r"\mathbf{g}": normal(5, seed=seed + 3)})


def test_graph():
    """Adjoints by autograd, of v1 that goes to v2 = sin(v1) and v3 = exp(v1) + v1, both of which go to the output."""
    v1 = torch.tensor(0.8, dtype=torch.float64, requires_grad=True)
    v2, v3 = torch.sin(v1), torch.exp(v1) + v1
    adjoints = torch.autograd.grad(torch.exp(v2) * v3, [v1, v2, v3])
    graph = {"v_1": v1.detach(), "v_2": r"\sin(v_1)", "v_3": r"\exp(v_1) + v_1", r"\bar{v}": list(adjoints)}
    eq("backpropagation-adjoint").holds(graph | {r"\mathcal{C}": {1: {2, 3}}}, forall={"i": [1]})

    x, w, y = (torch.tensor(value, dtype=torch.float64, requires_grad=True) for value in (0.5, 1.2, 0.9))
    u = w * x
    p = torch.tanh(u)
    v = w * p
    w_bar, u_bar, v_bar = torch.autograd.grad(0.5 * (torch.tanh(v) - y) ** 2, [w, u, v])
    names = {r"\bar{w}": w_bar, r"\bar{u}": u_bar, r"\bar{v}": v_bar, "x": x.detach(), "p": p.detach()}
    eq("backpropagation-shared-weight").holds(names)


def test_bounds():
    """Loose for sigmoid; tight for h = γz and weights whose rows are orthogonal and equally long."""
    weights = {k: (0.5 + k) * torch.linalg.qr(normal(w + 1, w, seed=k))[0].T for k, w in ((1, 6), (2, 5), (3, 4))}
    tight = {
        r"\mathbf{W}": weights,
        r"\mathbf{b}": {k: normal(len(w), seed=k) for k, w in weights.items()},
        r"\mathbf{a}^{[0]}": normal(7),
        r"\operatorname{loss}": lambda z: 10 * torch.logsumexp(z, dim=0),
        r"\mathcal{L}": r"\operatorname{loss}(\mathbf{z}^{[3]})",
        "L": 3,
    }
    cases = [(deep(0) | {"h": torch.sigmoid, r"\gamma": 0.25}, None)]
    cases += [(tight | {"h": lambda z, slope=slope: slope * z, r"\gamma": slope}, 1e-9) for slope in (0.25, 2.5, 3.5)]
    for bindings, gap in cases:
        eq("backpropagation-signal-bound").holds(bindings, given=DEEP, forall={"l": [1, 2]}, tight=gap)
        eq("backpropagation-vanishing-bound").holds(bindings, given=DEEP, tight=gap)


def test_sigmoid_chain():
    for weights, start, gap in (((1.3, -0.6, 2.1), 0.4, None), ((1.3, 0.01, -0.01), 0.0, 1e-4)):  # the second is tight
        eq("backpropagation-sigmoid-chain").holds(
            {
                "w": list(weights),
                "a^{[0]}": torch.tensor(start, dtype=torch.float64),
                "a^{[l]}": r"\sigma(w^{[l]} a^{[l-1]})",
                r"\sigma": torch.sigmoid,
                "L": 3,
            },
            tight=gap,
        )


@pytest.mark.parametrize("seed", SEEDS)
def test_descent(seed):
    steps, grads, _ = torch_sgd(seed, momentum=0.0)
    bindings = {
        r"\mathbf{W}": {2: steps[0]},
        r"\mathcal{J}": r"\operatorname{linear}(\mathbf{W}^{[2]})",
        r"\operatorname{linear}": lambda w: (w * grads[0]).sum(),
        r"\eta": 0.1,
    }
    eq("backpropagation-descent").holds(bindings, forall={"l": [2]}, after={r"\mathbf{W}": {2: steps[1]}})


@pytest.mark.parametrize("seed", SEEDS)
def test_momentum(seed):
    steps, grads, velocities = torch_sgd(seed, momentum=0.7)
    bindings = {
        r"\mathbf{W}": dict(enumerate(steps)),
        r"\mathbf{V}": dict(enumerate(velocities)),
        r"\mathcal{J}": r"\operatorname{linear}(\mathbf{W}_1, \mathbf{W}_2)",
        r"\operatorname{linear}": lambda w1, w2: (w1 * grads[1]).sum() + (w2 * grads[2]).sum(),
        r"\eta": 0.1,
        r"\mu": 0.7,
    }
    eq("backpropagation-momentum").holds(bindings, forall={"t": [1, 2]})


def torch_sgd(seed: int, momentum: float) -> tuple[list, list, list]:
    """Weights before each of torch's steps and after the last, the random gradients, and the momentum buffers."""
    weight = normal(3, 4, seed=5 + seed).requires_grad_()
    optimiser = torch.optim.SGD([weight], lr=0.1, momentum=momentum)
    steps, grads, velocities = [weight.detach().clone()], [], [torch.zeros(3, 4, dtype=torch.float64)]
    for step in range(3):
        grads.append(normal(3, 4, seed=10 * step + seed))
        weight.grad = grads[-1].clone()
        optimiser.step()
        steps.append(weight.detach().clone())
        velocities.append(optimiser.state[weight]["momentum_buffer"].clone() if momentum else velocities[0])
    return steps, grads, velocities
