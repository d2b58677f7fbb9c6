"""The equations of the chapter on initialisation, evaluated from their LaTeX, against torch and exact enumeration."""

import math
from itertools import pairwise, product

import numpy as np
import pytest
import scipy.integrate
import scipy.stats
import torch
from equations.draws import checker, rand, uniform
from torch import nn
from torch.nn import functional as F

from dlnotes.book.equations import RandomVariable, eq
from dlnotes.initialization import backward_factor, variance_recursion

check = checker("initialization")

N, D, WIDTH = 5, 3, 4


def equally_likely(outcomes):
    return RandomVariable(outcomes, [1 / len(outcomes)] * len(outcomes))


def independent(values, size):
    """All vectors of the size whose entries are any of the values, as often as they stand there."""
    return [torch.tensor(entries, dtype=torch.float64) for entries in product(values, repeat=size)]


# Equal units stay equal


def network():
    """A hidden tanh layer and its output as torch's modules, and their parameters by name."""
    hidden, output = nn.Linear(D, WIDTH, dtype=torch.float64), nn.Linear(WIDTH, 1, dtype=torch.float64)
    names = {
        r"\mathbf{w}": list(hidden.weight.detach()),
        "b": hidden.bias.detach(),
        "v": output.weight.detach()[0],
        "c": output.bias.item(),
        "n": WIDTH,
        "h": torch.tanh,
    }
    return nn.Sequential(hidden, nn.Tanh(), output), names


def test_network():
    model, names = network()
    check("network", names | {r"\hat{y}": lambda x: model(x).squeeze().detach(), r"\mathbf{x}": rand(D)})


def test_loss():
    model, _ = network()
    x, y = rand(N, D), rand(N)
    loss = 0.5 * F.mse_loss(model(x)[:, 0], y).detach()
    outputs = {r"\hat{y}": lambda x: model(x).squeeze().detach()}
    check("loss", outputs | {r"\mathcal{L}": loss, r"\mathbf{x}": list(x), "y": list(y), "N": N})


def test_unit_gradients():
    model, names = network()
    x, y = rand(N, D), rand(N)
    z = model[0](x).detach()
    data = {r"\mathbf{x}": list(x), "y": list(y), "N": N, "z": list(z), "r": list(model(x)[:, 0].detach() - y)}
    forward = ["initialization-loss", "initialization-network"]
    check("unit-gradients", names | data, given=forward, forall={"j": [1, 2, 4]})


def test_one_unit():
    model, _ = network()
    hidden, _, output = model
    with torch.no_grad():
        hidden.weight.copy_(hidden.weight[0].expand_as(hidden.weight))
        hidden.bias.copy_(hidden.bias[0].expand_as(hidden.bias))
        output.weight.copy_(output.weight[:, :1].expand_as(output.weight))
    x = rand(D)
    names = {"v": output.weight[0, 0].item(), "b": hidden.bias[0].item(), "c": output.bias.item(), "n": WIDTH}
    names |= {r"\mathbf{w}": hidden.weight[0].detach(), r"\mathbf{x}": x, "h": torch.tanh}
    check("one-unit", names)
    unit = names["v"] * torch.tanh(hidden.weight[0] @ x + names["b"])
    assert model(x).item() == pytest.approx(float(WIDTH * unit) + names["c"])


# Variance through a layer


def test_sum_of_squares():
    """All vectors with independent entries that are small or large: mean 0, variance as computed by numpy."""
    values = [-1.3, -0.2, 0.6, 0.9]
    a = rand(3)
    outcomes = independent(values, 3)
    check(
        "sum-of-squares", {r"\mathbf{w}": equally_likely(outcomes), r"\mathbf{a}": a, r"\sigma": float(np.std(values))}
    )
    z = RandomVariable([w @ a for w in outcomes], [1 / len(outcomes)] * len(outcomes))
    q = float(np.mean(a.numpy() ** 2))
    check("layer-variance", {"z": z, "n": 3, r"\sigma": float(np.std(values)), "q": q})


def test_mean_square():
    a = rand(5)
    check("mean-square", {"q": F.mse_loss(a, torch.zeros_like(a)), "a": a, "n": 5})


def symmetric():
    """A random variable that is as often z as -z."""
    values = rand(3)
    return RandomVariable([*values, *-values], [0.1, 0.15, 0.25] * 2)


def test_split():
    for z in (uniform(0.5, 2), -uniform(0.5, 2)):
        check("split", {"z": z}, equivalent=dict.fromkeys(SWAPS, "the maximum is symmetric"))


SWAPS = [r"swap arguments: \max(0, z)", r"swap arguments: \max(0, -z)"]


def test_half():
    z = symmetric()
    check("half", {"z": z}, equivalent=EITHER_SIDE)
    slope = uniform(0.2, 0.7)
    mirrored = [r"\min in place of \max: \max(0, z)", r"\min in place of \max: \max(0, -z)", "drop minus: -z"]
    equal = dict.fromkeys(SWAPS, "the maximum is symmetric") | dict.fromkeys(
        mirrored, "z and -z have equal distributions"
    )
    check("leaky-half", {"z": z, "s": slope}, equivalent=equal)
    leaky = RandomVariable([F.leaky_relu(x, slope.item()) for x in z.outcomes], z.probabilities)
    means = [sum(p * x**2 for x, p in zip(v.outcomes, v.probabilities, strict=True)) for v in (leaky, z)]
    assert float(means[0]) == pytest.approx(float((1 + slope**2) / 2 * means[1]))


EITHER_SIDE = {
    SWAPS[0]: "the maximum is symmetric",
    r"\min in place of \max: \max(0, z)": "the negative part of a symmetric variable has the same mean square",
}


def relu_mean_squares(widths, variances, start):
    """Exact mean squares of the activations, over all signs of all weights, layer by layer."""
    squares = {0: float(start.square().mean())}
    states = [(start, 1.0)]
    for layer, ((n_in, n_out), variance) in enumerate(zip(pairwise(widths), variances, strict=True), 1):
        after = []
        for a, probability in states:
            for signs in independent([-1.0, 1.0], n_in * n_out):
                z = math.sqrt(variance) * signs.view(n_out, n_in) @ a
                after.append((torch.relu(z), probability / 2 ** (n_in * n_out)))
        states = after
        squares[layer] = sum(p * float(a.square().mean()) for a, p in states)
    return squares


def test_forward():
    widths, variances = [3, 2, 4], [0.7, 1.9]
    squares = relu_mean_squares(widths, variances, rand(3))
    names = {"q": squares, "n": dict(enumerate(widths)), r"\sigma": [v**0.5 for v in variances]}
    check("forward-step", names, forall={"l": [1, 2]})
    check("forward-product", names, forall={"L": [1, 2]})
    # He's variances as torch has them, from the gain and the fan of a weight
    weights = [torch.empty(n_out, n_in) for n_in, n_out in ((3, 200), (200, 300))]
    fans = [nn.init._calculate_fan_in_and_fan_out(weight)[0] for weight in weights]
    sigma = [nn.init.calculate_gain("relu") / fan**0.5 for fan in fans]
    check("he", {r"\sigma": sigma, "n": {0: 3, 1: 200, 2: 300}}, forall={"l": [1, 2]})


# The way back


def test_backward():
    W, z = {1: rand(4, 3), 2: rand(2, 4)}, {}
    activation = torch.tanh
    a = {0: rand(3).requires_grad_()}
    for layer in (1, 2):
        z[layer] = W[layer] @ a[layer - 1]
        a[layer] = activation(z[layer])
    loss = torch.logsumexp(a[2], 0)
    g = dict(zip(a, torch.autograd.grad(loss, list(a.values())), strict=True))
    names = {
        r"\mathbf{W}": W,
        r"\mathbf{z}": {layer: value.detach() for layer, value in z.items()},
        r"\mathbf{g}": g,
        "h": activation,
    }
    check("backward", names, forall={"l": [1, 2]})


def test_flip():
    a = torch.tensor([0.9, -0.37, 0.21], dtype=torch.float64)
    outcomes = [rand(3) for _ in range(5)]
    outcomes += [-w for w in outcomes]  # symmetric, and nothing else is needed
    assert all(abs(w @ a) > 1e-6 for w in outcomes)
    names = {r"\mathbf{w}": equally_likely(outcomes), r"\mathbf{a}": a}
    other_side = {r"< in place of >: \mathbf{w}^\top \mathbf{a} > 0": "closed gates have the other half"}
    check("flip", names, equivalent=other_side)


def test_backward_step():
    """All signs of two rows of weights, and independent signs of the gradient above; the gates are those of ReLU."""
    n_in, n_out, sigma, above = 3, 2, 0.8, 1.7
    a = torch.tensor([0.9, -0.37, 0.21], dtype=torch.float64)
    outcomes = []
    for signs in independent([-1.0, 1.0], n_in * n_out):
        for up in independent([-1.0, 1.0], n_out):
            W = (sigma * signs.view(n_out, n_in)).requires_grad_(False)
            x = a.clone().requires_grad_()
            (gradient,) = torch.autograd.grad(torch.relu(W @ x), x, math.sqrt(above) * up)
            outcomes.append(gradient)
    names = {"g": equally_likely(outcomes), "n": {1: n_out}, r"\sigma": {1: sigma}, "p": {1: above}}
    same = {"l in place of: j": "all entries have the same mean square"}
    check("backward-step", names, forall={"j": [1, 2, 3], "l": [1]}, equivalent=same)


def test_telescope():
    widths = {0: 3, 1: 7, 2: 2, 3: 5}
    check("telescope", {"n": widths, "L": 3})


def test_weight_gradient():
    n = {1: 3, 2: 4}
    a, W = rand(3), rand(4, 3).requires_grad_()
    z = W @ a
    z.retain_grad()
    torch.logsumexp(torch.tanh(z), 0).backward()
    names = {r"\mathcal{L}": r"f(\mathbf{W}^{[2]} \mathbf{a}^{[1]})", r"\mathbf{W}": {2: W.detach()}, "n": n}
    names |= {"f": lambda z: torch.logsumexp(torch.tanh(z), 0)}
    names |= {r"\boldsymbol{\delta}": {2: z.grad}, r"\delta": {2: z.grad}, r"\mathbf{a}": {1: a}, "a": {1: a}}
    check("weight-gradient", names, forall={"l": [2]})


# Glorot's compromise

FANS = {r"n_{\mathrm{in}}": 30, r"n_{\mathrm{out}}": 50}


def drawn_bound(fill):
    """The bound of the uniform distribution that torch draws a weight of shape (50, 30) from."""
    weight, share = torch.empty(50, 30, dtype=torch.float64), torch.empty(50, 30, dtype=torch.float64)
    fill(weight, generator=torch.Generator().manual_seed(0))
    share.uniform_(-1, 1, generator=torch.Generator().manual_seed(0))
    return float((weight * share).sum() / share.square().sum())


def deviation(bound):
    """Standard deviation of a uniform distribution around 0."""
    return float(scipy.stats.uniform(-bound, 2 * bound).std())


def test_xavier():
    bound = drawn_bound(nn.init.xavier_uniform_)
    check("xavier", FANS | {r"\sigma": deviation(bound)})
    check("glorot-uniform", FANS)
    fans = FANS[r"n_{\mathrm{in}}"] + FANS[r"n_{\mathrm{out}}"]
    assert bound == pytest.approx(math.sqrt(6 / fans))


def test_compromise():
    check("compromise", FANS)
    W = nn.init.xavier_normal_(torch.empty(500, 300, dtype=torch.float64))
    both = W.square().sum() / 500 + W.square().sum() / 300  # forward and backward, for inputs of mean square 1
    assert float(both) == pytest.approx(2, rel=0.02)


def test_uniform_variance():
    eq("initialization-uniform-variance").by_program(en="the evaluator has no integrals", zh="求值器不支持积分")
    for bound in (0.7, 2.3):
        mean, _ = scipy.integrate.quad(lambda w, bound=bound: w**2 / (2 * bound), -bound, bound)
        assert mean == pytest.approx(bound**2 / 3)
        assert mean == pytest.approx(scipy.stats.uniform(-bound, 2 * bound).var())


def test_uniform_bound():
    bound = float(uniform(0.3, 2))
    check("uniform-bound", {"b": bound, r"\sigma": deviation(bound)})
    check("he-uniform", FANS)

    def relu(weight, generator):
        return nn.init.kaiming_uniform_(weight, nonlinearity="relu", generator=generator)

    assert drawn_bound(relu) == pytest.approx(math.sqrt(6 / 30))


def test_fans():
    inputs, outputs, kernel = 6, 8, [3, 5]
    fan_in, fan_out = nn.init._calculate_fan_in_and_fan_out(nn.Conv2d(inputs, outputs, kernel).weight)
    names = {r"n_{\mathrm{in}}": fan_in, r"n_{\mathrm{out}}": fan_out, "k": kernel}
    check("fans", names | {r"C_{\mathrm{in}}": inputs, r"C_{\mathrm{out}}": outputs})


# Gains


def normal_mean(function, variance):
    """Mean of a function of a normal variable, by adaptive quadrature."""
    deviation = math.sqrt(variance)

    def integrand(z):
        return function(deviation * z) * math.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)

    return scipy.integrate.quad(integrand, -12, 12, epsabs=1e-13, epsrel=1e-12, limit=400)[0]


def standard_normal():
    """A finite distribution with the moments of the standard normal one up to a high order."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(80)
    return RandomVariable(torch.from_numpy(nodes), torch.from_numpy(weights / weights.sum()))


def test_gain():
    gain = normal_mean(lambda z: math.tanh(z) ** 2, 1.0) ** -0.5
    check("gain", {"g": gain, "z": standard_normal(), "h": torch.tanh}, tolerance=1e-6)
    slope = float(uniform(0.2, 0.7))
    check("leaky-gain", {"g": nn.init.calculate_gain("leaky_relu", slope), "s": slope})


def test_variance_map():
    g, v = 1.4, {1: 0.8}
    for layer in (1, 2):
        v[layer + 1] = g**2 * normal_mean(lambda z: math.tanh(z) ** 2, v[layer])
    names = {"g": g, "v": v, "z": standard_normal(), "h": torch.tanh}
    check("variance-map", names, forall={"l": [1, 2]}, tolerance=1e-6)
    chi = g**2 * normal_mean(lambda z: (1 - math.tanh(z) ** 2) ** 2, v[1])
    names = {"g": g, "v": v[1], "z": standard_normal(), "h": torch.tanh, r"\chi": chi}
    check("backward-factor", names, tolerance=1e-5)
    assert backward_factor(torch.tanh, g**2, v[1]) == pytest.approx(chi, rel=1e-6)


def test_tanh_decay():
    eq("initialization-tanh-decay").by_program(
        en="it holds in the limit of small variances only", zh="只在方差很小的极限下成立"
    )
    inverse = 1 / variance_recursion(torch.tanh, 1.0, 1.0, 3000)
    steps = inverse.diff()
    assert steps[-1].item() == pytest.approx(2, rel=2e-3)
    assert abs(steps[-1] - 2) < abs(steps[300] - 2) < abs(steps[30] - 2)


def test_linear_default():
    n = 30
    check("linear-default", {"n": n})

    def as_linear(weight, generator):
        torch.manual_seed(0)  # torch.nn.Linear draws its weight first, from the global generator
        weight.data = nn.Linear(n, 50, bias=False, dtype=torch.float64).weight.data

    assert drawn_bound(as_linear) == pytest.approx(1 / math.sqrt(n))
    v = variance_recursion(torch.relu, 1 / 3, 1.0, 60, 1 / (3 * n))[-1].item()
    check("default-fixed", {"v": v, "n": n})


def test_cosine():
    """Both means by quadrature over a normal variable; given u, v is normal with the mean c u."""

    def cosine(angle):
        c, spread = math.cos(angle), math.sin(angle)

        def positive_part(mean):
            """Mean of max(0, v)."""
            ratio = mean / spread
            return mean * scipy.stats.norm.cdf(ratio) + spread * scipy.stats.norm.pdf(ratio)

        def integrand(u):
            return u * positive_part(c * u) * scipy.stats.norm.pdf(u)

        return torch.tensor(2 * scipy.integrate.quad(integrand, 0, 12, epsabs=1e-13)[0], dtype=torch.float64)

    for angle in (0.4, 1.1, 2.3):
        check("cosine", {r"\varphi": cosine, r"\alpha": angle}, tolerance=1e-8)


# Orthogonal weights


def test_orthogonal():
    columns = nn.init.orthogonal_(torch.empty(5, 4, dtype=torch.float64))
    same = {r"drop factor 1: \mathbf{W} \mathbf{x}": "the length is kept, which is what the equation says"}
    check("isometry", {r"\mathbf{W}": columns, r"\mathbf{x}": rand(4)}, equivalent=same)
    W = nn.init.orthogonal_(torch.empty(4, 4, dtype=torch.float64))
    same = {
        "swap indices: W_{ij}^2": "the sum is over all entries",
        r"swap factors 1 and 2: \mathbf{W}^\top \mathbf{W}": "the trace of a product does not depend on the order",
    }
    check("orthogonal-entries", {r"\mathbf{W}": W, "W": W, "n": 4}, equivalent=same)


# The saddle at zero


def test_chain():
    s, w = 1.7, rand(3)
    chain = {"s": s, "w": w, "L": 3}
    check("chain", chain | {r"\mathcal{L}": 0.5 * F.mse_loss(w.prod(), torch.tensor(s, dtype=torch.float64))})
    p = w.prod()
    options = {"given": ["initialization-chain"], "forall": {"k": [1, 2, 3]}}
    check("chain-gradient", chain | {"p": p}, ranges={"j": 3}, **options)
    check("balance", chain | {"p": p}, **options)


def test_saddle_hessian():
    s = float(uniform(0.5, 2))
    hessian = torch.func.hessian(lambda w: 0.5 * (w.prod() - s) ** 2)(torch.zeros(2).double())
    check("saddle-hessian", {r"\mathbf{H}": hessian, "s": s})


def flow(start, s, times, event=None):
    """Gradient flow of a chain, by a solver and torch's gradients."""

    def velocity(_, w):
        return -torch.func.grad(lambda w: 0.5 * (w.prod() - s) ** 2)(torch.from_numpy(w)).numpy()

    span = (0, times[-1])
    return scipy.integrate.solve_ivp(velocity, span, start, "DOP853", times, rtol=1e-12, atol=1e-14, events=event)


def test_balanced_flow():
    for layers, tau in ((2, 0.3), (3, 0.7)):
        s, start = 1.7, np.full(layers, 0.45)

        def u(tau, start=start, s=s):
            return torch.tensor(flow(start, s, [0.0, float(tau)]).y[0, -1])

        w = u(tau).expand(layers).clone().requires_grad_()
        (gradient,) = torch.autograd.grad(0.5 * (w.prod() - s) ** 2, w)
        speed = {r"\frac{\partial u(\tau)}{\partial \tau}": -gradient[1]}
        check("balanced-flow", speed | {"u": u, r"\tau": tau, "s": s, "L": layers}, tolerance=1e-7)


def test_logistic():
    s, start = 1.7, np.array([0.4, 0.4])

    def p(tau):
        return torch.tensor(flow(start, s, [0.0, float(tau)]).y[:, -1].prod())

    for tau in (0.35, 1.1):
        names = {"p": p, r"\tau": tau, "s": s, "p_0": start.prod()}
        check("logistic", names, tolerance=1e-8)


def reach(layers, start, end, s):
    """Time until the weights of a balanced chain have grown from start to end."""

    def arrived(_, w):
        return w[0] - end

    return flow(np.full(layers, start), s, [0.0, 200.0], arrived).t_events[0][0]


def test_escape():
    s, start = 1.7, 0.3
    time = reach(2, start, math.sqrt(s / 2), s)
    check("escape-two", {r"\tau": time, "s": s, "p_0": start**2}, tolerance=1e-8)
    for layers, start, end, tight in (
        (3, 0.3, 0.8, None),
        (4, 0.4, 0.9, None),
        (3, 0.02, 0.03, 1e-4),
        (4, 0.1, 0.11, 1e-3),
    ):
        names = {r"\tau": reach(layers, start, end, s), "s": s, "L": layers, "u_0": start, "u": end}
        check("escape-deep", names, tight=tight)
