"""The equations of the chapter on residual learning, against autograd, torch's modules and simulations."""

import math
from itertools import pairwise, product

import scipy.integrate
import torch
from equations.draws import checker, rand, uniform
from torch import nn
from torch.nn import functional as F

from dlnotes.book.equations import Distribution, RandomVariable
from dlnotes.residual_learning import BasicBlock, PreActBlock, gradient_norms

check = checker("residual_learning")

SIZES = (4, 3, 5, 6)  # widths of a network of three layers, all different
W, H, NABLA = r"\mathbf{W}", r"\mathbf{h}", r"\nabla \mathcal{L}"


def eye(size):
    return torch.eye(size, dtype=torch.float64)


def orthogonal(size):
    return torch.linalg.qr(rand(size, size)).Q


LAYER = ["residual_learning-layer"]


def layers():
    """Weights of three layers, an input, and pre-activations and activations by torch's functions."""
    weights = {i: rand(b, a) for i, (a, b) in enumerate(pairwise(SIZES), 1)}
    z, h = {}, {0: rand(SIZES[0])}
    for i, weight in weights.items():
        z[i] = F.linear(h[i - 1], weight)
        h[i] = torch.tanh(z[i])
    return weights, z, h


def jacobians(weights, h):
    return {i: torch.func.jacrev(lambda x, w=w: torch.tanh(F.linear(x, w)))(h[i - 1]) for i, w in weights.items()}


# A product of Jacobians


def test_layers():
    weights, z, h = layers()
    check("layer", {W: weights, H: h, r"\mathbf{z}": z, r"\phi": torch.tanh}, forall={"l": [1, 2, 3]})
    network = {W: weights, r"\mathbf{h}^{[0]}": h[0], r"\phi": torch.tanh}
    check("jacobian", network, given=LAYER, forall={"l": [1, 2, 3]})
    factors = {r"\mathbf{J}": jacobians(weights, h)}
    check("product", network | factors, given=LAYER)
    loss = {r"\mathcal{L}": r"\ell(\mathbf{h}^{[3]})", r"\ell": lambda h: torch.logsumexp(h, 0)}
    check("backward", network | factors | loss, given=LAYER, forall={"l": [1, 2, 3]})


def test_bound():
    loss = {r"\mathcal{L}": r"\ell(\mathbf{h}^{[3]})", r"\ell": lambda h: torch.logsumexp(h, 0), "L": 3}
    weights, _, h = layers()
    network = {W: weights, r"\mathbf{h}^{[0]}": h[0], r"\phi": torch.sigmoid, "s": 0.25}
    check("bound", network | loss, given=LAYER)
    for slope in (0.6, 1.7):  # the bound is reached by orthogonal layers
        weights = {i: uniform(0.5, 2) * orthogonal(4) for i in (1, 2, 3)}
        network = {W: weights, r"\mathbf{h}^{[0]}": rand(4), r"\phi": lambda z, s=slope: s * z, "s": slope}
        check("bound", network | loss, given=LAYER, tight=1e-9)


def test_sigmoid_slope():
    for z in (-1.3, 0.0, 0.4, 2.0):
        check("sigmoid-slope", {"z": torch.tensor(z, dtype=torch.float64), r"\sigma": torch.sigmoid})


def test_random():
    n, g, v = 3, uniform(1.5, 3), rand(3)
    signs = product((-1.0, 1.0), repeat=n * n)
    outcomes = [(g / n).sqrt() * torch.tensor(sign, dtype=torch.float64).view(n, n) for sign in signs]
    matrix = RandomVariable(outcomes, [1 / len(outcomes)] * len(outcomes))
    same = "the transpose has the same distribution"
    check(
        "random",
        {W: matrix, r"\mathbf{v}": v, "v": v, "n": n, "g": g},
        equivalent={r"drop transpose: \mathbf{W}^\top": same},
    )


def test_depth_factor():
    """Layers that stretch every vector alike: orthogonal weights, whose entries have mean square g/n, one slope."""
    for depth in (3, 6):
        g, slope = uniform(0.5, 3), uniform(0.3, 0.8)
        weights = [g.sqrt() * orthogonal(5) for _ in range(depth)]
        norms = gradient_norms([lambda h, w=w, s=slope: s * (w @ h) for w in weights], rand(5), lambda h: h.sum())
        check("depth-factor", {r"\rho": norms[0] / norms[-1], "g": g, "m": slope**2, "L": depth})


# What ReLU contributes


def test_relu():
    for value in (-1.4, -0.2, 0.3, 2.1):
        z = torch.tensor(value, dtype=torch.float64)
        check("relu-slope", {"z": z, r"\operatorname{relu}": torch.relu})
        check("relu-split", {"z": z, r"\operatorname{relu}": torch.relu})
    outcomes = [0.7, -0.7, 2.3, -2.3, 0.4, -0.4]
    p = Distribution([torch.tensor(z, dtype=torch.float64) for z in outcomes], [0.1, 0.1, 0.25, 0.25, 0.15, 0.15])
    check("relu-half", {"p": p, r"\operatorname{relu}": torch.relu})


def relu_variance():
    """Of relu(z) for standard normal z, by quadrature."""

    def moment(power):
        return scipy.integrate.quad(lambda z: z**power * math.exp(-(z**2) / 2) / math.sqrt(2 * math.pi), 0, 12)[0]

    return moment(2) - moment(1) ** 2


def test_relu_variance():
    check("relu-variance", {"v": relu_variance()}, tolerance=1e-8)


# What batch normalisation does


def batch_norm(z):
    return F.batch_norm(z[:, None], None, None, training=True, eps=1e-14)[:, 0]


def unit():
    """Inputs and weights of a unit behind batch normalisation, its loss and the gradient by autograd."""
    X, target = rand(7, 3), rand(7)

    def loss(w):
        return F.mse_loss(torch.tanh(batch_norm(X @ w)), target)

    return X, rand(3), loss, torch.func.grad(loss)


def test_batch_norm():
    z = 2 + 3 * rand(7)
    s, mean = torch.std_mean(z, correction=0)
    check("moments", {r"\mu": mean, "s": s, "z": z, "N": 7})
    names = {
        r"\mathbf{z}": z,
        r"\operatorname{bn}": batch_norm,
        r"\mu": mean,
        "s": s,
        r"\mathbf{1}": torch.ones(7).double(),
    }
    number = {r"drop factor 2: \mu \mathbf{1}": "adding a number to a vector adds it to every entry"}
    check("bn", names, equivalent=number)
    del names[r"\mathbf{z}"]
    check("bn-identity", names | {H: z}, equivalent=number)


def test_scale():
    X, w, loss, gradient = unit()
    unseen = "that the factor does not matter is what the equation says"
    for a in (0.3, 2.5):
        check(
            "scale",
            {r"\mathbf{X}": X, r"\mathbf{w}": w, "a": a, r"\operatorname{bn}": batch_norm},
            equivalent={r"drop factor 1: a \mathbf{w}": unseen},
        )
        check("inverse", {r"\mathbf{w}": w, "a": a, NABLA: gradient})
    check("orthogonal", {r"\mathbf{w}": w, NABLA: gradient})
    weight = w.clone().requires_grad_()
    optimizer = torch.optim.SGD([weight], lr=0.7)
    loss(weight).backward()
    optimizer.step()
    steps = {r"\mathbf{w}": {1: w, 2: weight.detach()}, r"\mathbf{g}": {1: weight.grad}, r"\eta": 0.7}
    check("pythagoras", steps, forall={"t": [1]})
    check("effective", {r"\mathbf{w}": w, r"\mathbf{u}": F.normalize(w, dim=0), NABLA: gradient, r"\eta": 0.7})


def test_growth():
    for g in (0.7, 2.6):
        check("bn-growth", {"g": g, "v": relu_variance()}, tolerance=1e-8)
    check("bn-factor", {})
    check("power", {})


def test_probe():
    A = rand(6, 3)

    def loss(theta):
        return torch.logsumexp(A @ theta, 0)

    theta, lr, c = rand(3), 0.3, 1.7
    moved = theta.clone().requires_grad_()
    optimizer = torch.optim.SGD([moved], lr=c * lr)
    loss(moved).backward()
    g = moved.grad.clone()
    optimizer.step()
    optimizer.zero_grad()
    loss(moved).backward()
    change = torch.dist(moved.grad, g) / g.norm()
    names = {r"\kappa": change, NABLA: torch.func.grad(loss), r"\boldsymbol{\theta}": theta, r"\mathbf{g}": g}
    check("probe", names | {"c": c, r"\eta": lr})


# Degradation


def test_identity():
    h = rand(5).abs()
    h[2] = 0
    neutral = {
        r"drop factor 1: \mathbf{I} \mathbf{h}": "the factor is the identity",
        r"drop the function: \operatorname{relu}(\mathbf{I} \mathbf{h})": "that it changes nothing is what is said",
    }
    names = {H: h, r"\mathbf{I}": eye(5), r"\operatorname{relu}": torch.relu}
    check("identity", names, equivalent=neutral)


# The residual block


def image_block(kind, channels, out_channels, stride=1):
    """A block without normalisation on images of 3×5 pixels as vectors, an input, the branch and the block."""
    block = kind(channels, out_channels, stride, norm_layer=lambda _: nn.Identity()).double()
    x = rand(channels * 15)

    def image(x):
        return x.view(1, channels, 3, 5)

    return block, x, lambda x: block.residual(image(x)).flatten(), lambda x: block(image(x)).flatten()


def branch(size, hidden=7):
    first, second = rand(hidden, size) / size**0.5, rand(size, hidden) / hidden**0.5
    return lambda x: second @ torch.tanh(first @ x)


def test_block():
    _, x, residual, whole = image_block(PreActBlock, 2, 2)
    check("block", {r"\mathbf{x}": x, r"\mathbf{y}": whole(x).detach(), "F": residual})
    names = {r"\mathbf{x}": rand(4), "F": branch(4), r"\mathbf{I}": eye(4)}
    given = ["residual_learning-block"]
    check("block-jacobian", names, given=given)
    loss = {r"\mathcal{L}": r"\ell(\mathbf{y})", r"\ell": lambda y: torch.logsumexp(y, 0)}
    check("block-gradient", names | loss, given=given)


def test_block_bounds():
    A, v = rand(4, 4), rand(4)
    bindings = {r"\mathbf{v}": v, r"\mathbf{I}": eye(4)}
    same = "the norms of a matrix and of its transpose bound it alike"
    for matrix, tight in ((0.2 * A, None), (1.6 * A, None), (-0.6 * eye(4), {1: 1e-9}), (0.6 * eye(4), {2: 1e-9})):
        check(
            "block-bounds",
            bindings | {r"\mathbf{A}": matrix, "c": torch.linalg.matrix_norm(matrix, 2)},
            tight=tight,
            equivalent={r"drop transpose: (\mathbf{I} + \mathbf{A})^\top": same, r"transpose: \mathbf{A}": same},
        )


def stack(depth=3, size=4, factor=1.0):
    """States and branches of residual blocks, the states by torch.nn."""
    branches = {i: branch(size) for i in range(depth)}
    states = {0: rand(size)}
    for i in range(depth):
        states[i + 1] = torch.add(branches[i](states[i]), states[i], alpha=factor)
    return states, branches


def test_sum():
    states, branches = stack()
    check("sum", {r"\mathbf{x}": states, "F": branches, "L": 3}, forall={"l": [0, 1, 2]})
    definitions = {
        rf"\mathbf{{x}}^{{[{i + 1}]}}": rf"\mathbf{{x}}^{{[{i}]}} + F^{{[{i}]}}(\mathbf{{x}}^{{[{i}]}})"
        for i in range(3)
    }
    loss = {r"\mathcal{L}": r"\ell(\mathbf{x}^{[3]})", r"\ell": lambda x: torch.logsumexp(x, 0)}
    names = definitions | loss | {r"\mathbf{x}^{[0]}": states[0], "F": branches, "L": 3}
    check("sum-gradient", names, forall={"l": [0, 1, 2]})


def test_paths():
    check("paths", {r"\mathbf{A}": rand(3, 3), r"\mathbf{B}": rand(3, 3), r"\mathbf{I}": eye(3)})


def test_doubling():
    x, alpha = rand(4), 0.7
    lengths = x.norm() * F.normalize(rand(4), dim=0)
    outcomes = [torch.tensor(signs, dtype=torch.float64) * lengths for signs in product((-1.0, 1.0), repeat=4)]
    f = RandomVariable(outcomes, [1 / len(outcomes)] * len(outcomes))
    symmetric = "a branch is as likely as its opposite"
    signs = (rf"change sign {i}: \mathbf{{x}} + \alpha \mathbf{{f}}" for i in (1, 2))
    names = {r"\mathbf{x}": x, r"\mathbf{f}": f, r"\alpha": alpha}
    check("doubling", names, equivalent=dict.fromkeys(signs, symmetric))
    check("scaled", {"L": 7, r"\mathrm{e}": math.e})
    check("scaled", {"L": 10_000_000, r"\mathrm{e}": math.e}, tight=1e-6)


def test_telescope():
    """States to which orthogonal branches of equal length are added; mean squares by torch."""
    depth, size, b = 4, 9, uniform(0.5, 2)
    directions = orthogonal(size)
    states = [uniform(0.5, 2) * directions[0]]
    for i in range(depth):
        states.append(states[-1] + (b * size).sqrt() * directions[i + 1])
    q = {i: F.mse_loss(state, torch.zeros(size).double()) for i, state in enumerate(states)}
    names = {"q": q, "b": b, "L": depth}
    check("linear", names, forall={"l": [1, 2, 3, 4]})
    check("telescope-factor", names, forall={"l": [0, 1, 2, 3]})
    check("telescope", names)


# Shapes and versions


def test_projection():
    block, x, residual, whole = image_block(PreActBlock, 2, 3, 2)
    projection = torch.func.jacrev(lambda x: block.shortcut(x.view(1, 2, 3, 5)).flatten())(x).detach()
    check(
        "projection", {r"\mathbf{x}": x, r"\mathbf{y}": whole(x).detach(), "F": residual, r"\mathbf{W}_s": projection}
    )


def test_share():
    check("share", {"c": 5})
    block = BasicBlock(5, 10, 2)
    weights = block.conv1.weight.numel() + block.conv2.weight.numel()
    assert 27 * block.shortcut[0].weight.numel() == weights


def test_lambda():
    states, branches = stack(4, factor=0.7)
    check("lambda", {r"\mathbf{x}": states, "F": branches, "L": 4, r"\lambda": 0.7})


def test_version_1():
    _, x, residual, whole = image_block(BasicBlock, 2, 2)
    names = {r"\mathbf{x}": x, "F": residual, r"\operatorname{relu}": torch.relu}
    check("v1", names | {r"\mathbf{y}": whole(x).detach()})
    x, F_ = rand(6), branch(6)
    open_units = torch.diag((x + F_(x) > 0).double())
    names = {
        r"\mathbf{x}": x,
        "F": F_,
        r"\operatorname{relu}": torch.relu,
        r"\mathbf{D}": open_units,
        r"\mathbf{I}": eye(6),
    }
    twice = {r"\mathbf{D} in place of: \mathbf{I}": "D D = D, since its entries are 0 and 1"}
    check("v1-jacobian", names, given=["residual_learning-v1"], equivalent=twice)
