"""The equations of the chapter on normalisation, evaluated from their LaTeX; torch and enumeration are the oracles."""

import itertools
import math

import numpy as np
import pytest
import scipy.integrate
import torch
from equations.draws import checker, rand, uniform
from torch import nn
from torch.nn import functional as F
from torch.nn.utils import fusion

from dlnotes.book.equations import RandomVariable, eq

check = checker("normalization")

M, D, N = 5, 3, 7
LOSS, NABLA = r"\mathcal{L}", r"\nabla \mathcal{L}"
SPREADS = "a scalar added to a vector is added to each entry, as with the vector of ones"
ALIKE = "the mean depends on all values alike"


def ones(size):
    return torch.ones(size, dtype=torch.float64)


def batch_norm(x, eps, gamma=None, beta=None):
    """Of the values of one unit, by torch."""
    parameters = (None if p is None else p.reshape(1) for p in (gamma, beta))
    return F.batch_norm(x[:, None], None, None, *parameters, training=True, eps=float(eps))[:, 0]


def gradient(function, *inputs):
    return torch.autograd.grad(function(*(x.requires_grad_() for x in inputs)), inputs)


# Valleys from units


def test_neuron():
    layer = nn.Linear(D, 1).double()
    x, w, b = rand(D), layer.weight.detach()[0], layer.bias.detach()[0]
    z = layer(x).detach()[0]
    check("neuron", {r"\mathbf{w}": w, r"\mathbf{x}": x, "b": b, "z": z})
    (delta,) = gradient(F.softplus, z.clone())
    check(
        "input-gradient",
        {
            r"\mathbf{w}": w,
            r"\mathbf{x}": x,
            "b": b,
            LOSS: r"\operatorname{loss}(z)",
            r"\operatorname{loss}": F.softplus,
            r"\delta": delta,
        },
        given=["normalization-neuron"],
        forall={"j": range(1, D + 1)},
    )


def test_valley():
    X = rand(N, 2)
    X = X - X.mean(0)
    X[:, 1] -= X[:, 0] * (X[:, 0] @ X[:, 1]) / (X[:, 0] @ X[:, 0])  # uncorrelated
    X[:, 0] *= 4 * X[:, 1].norm() / X[:, 0].norm()
    y = rand(N)
    hessian = torch.func.hessian(lambda w: 0.5 * F.mse_loss(X @ w, y))(rand(2))
    s = X.std(0, correction=0)
    check("valley", {r"\mathbf{H}": hessian, "s": s})
    check("valley-condition", {r"\kappa": torch.linalg.cond(hessian), "s": s})


def test_standardised():
    x = rand(N, D) * torch.tensor([1.0, 20.0, 0.3]) + 2
    s, m = torch.std_mean(x, dim=0, correction=0)
    scaled = F.batch_norm(x, None, None, training=True, eps=1e-300)
    sample = {r"\tilde{x}": scaled[2], "x": x[2], "m": m, "s": s}
    check("standardised", sample, forall={"j": range(1, D + 1)})
    check("standardised-moments", {r"\tilde{x}": list(scaled), "N": N}, forall={"j": range(1, D + 1)})


# The transform


def test_statistics_and_transform():
    x, eps, gamma, beta = 2 * rand(M) + 1, uniform(0.1, 0.5), rand(), rand()
    var, mu = torch.var_mean(x, correction=0)
    values = {"x": x, "m": M, r"\mu": mu, r"\sigma^2": var}
    check("statistics", values)
    bindings = values | {
        "s": (F.mse_loss(x, mu.expand(M)) + eps).sqrt(),
        r"\hat{x}": batch_norm(x, eps),
        "y": batch_norm(x, eps, gamma, beta),
        r"\varepsilon": eps,
        r"\gamma": gamma,
        r"\beta": beta,
    }
    check("transform", bindings, forall={"i": range(1, M + 1)})


def test_centring():
    x = rand(M)
    var, mu = torch.var_mean(x, correction=0)
    projection = torch.func.jacrev(lambda x: x - x.mean())(x)
    names = {r"\mathbf{C}": projection, r"\mathbf{I}": torch.eye(M).double(), r"\mathbf{1}": ones(M), "m": M}
    check(
        "centring",
        names | {r"\mathbf{x}": x, r"\mu": mu, r"\sigma^2": var},
        equivalent={r"drop factor 2: \mu \mathbf{1}": SPREADS},
    )


def test_channel_mean():
    images, height, width = 2, 4, 3
    x = rand(images, D, height, width)
    norm = nn.BatchNorm2d(D, momentum=1.0).double()
    norm(x)  # keeps the mean
    names = {"x": x, r"\mu": norm.running_mean, "N": images, "H": height, "W": width}
    check("channel-mean", names, forall={"c": range(1, D + 1)})


def test_moments():
    x, eps = 2 * rand(M) + 1, uniform(0.1, 0.5)
    names = {r"\hat{x}": batch_norm(x, eps), "m": M, r"\varepsilon": eps, r"\sigma^2": x.var(correction=0)}
    check("moments", names)
    var, mu = torch.var_mean(x, correction=0)
    names |= {"s": (var + eps).sqrt(), r"\mu": mu, "x": x}
    check("undo", names, forall={"i": range(1, M + 1)})


# The backward pass


@pytest.fixture
def unit():
    """A unit with batch norm: definitions from inputs to loss, and the gradient by the outputs, by torch."""
    x, eps, gamma, beta, weights = 2 * rand(M) + 1, uniform(0.1, 0.5), rand(), rand(), rand(M)

    def loss(y):
        return (weights * y.sin()).sum()

    (g,) = gradient(loss, batch_norm(x, eps, gamma, beta).detach())
    return {
        r"\mathbf{x}": x.detach(),
        r"\mathbf{1}": ones(M),
        "m": M,
        r"\varepsilon": eps,
        r"\gamma": gamma.detach(),
        r"\beta": beta.detach(),
        r"\mathbf{g}": g,
        r"\operatorname{loss}": loss,
        r"\mu": r"\frac{1}{m} \mathbf{1}^\top \mathbf{x}",
        r"\sigma^2": r"\frac{1}{m} \lVert \mathbf{x} - \mu \mathbf{1} \rVert^2",
        "s": r"\sqrt{\sigma^2 + \varepsilon}",
        r"\hat{\mathbf{x}}": r"\frac{1}{s} (\mathbf{x} - \mu \mathbf{1})",
        r"\mathbf{y}": r"\gamma \hat{\mathbf{x}} + \beta \mathbf{1}",
        LOSS: r"\operatorname{loss}(\mathbf{y})",
    }


EACH = {"i": range(1, M + 1)}
PAIR = {"i": [1, 3], "j": [1, 2, 3]}


def test_parameter_gradients(unit):
    check("parameter-gradients", unit)
    check("hat-gradient", unit, forall=EACH)


def test_statistics_derivatives(unit):
    check("statistics-derivatives", unit, forall={"j": [1, 2, 4]}, equivalent={"shift index 1 by +1: x_j": ALIKE})
    check("deviation-derivative", unit, forall={"j": [1, 2, 4]})


def test_jacobian(unit):
    same = dict.fromkeys(["shift index 1 by +1: x_j (2)", "i in place of: j (3)"], ALIKE)
    check("jacobian-entry", unit, forall=PAIR, equivalent=same)
    check("jacobian", unit | {r"\mathbf{I}": torch.eye(M).double()})


def test_backward(unit):
    spread = r"drop factor 3: \frac{1}{m} (\mathbf{1}^\top \mathbf{g}) \mathbf{1}"
    check("backward", unit, equivalent={spread: SPREADS})
    shift = {r"s in place of: \mathcal{L}": "the deviation does not change by a shift either"}
    check("orthogonality", unit, equivalent=shift)


def test_published(unit):
    check("published", unit, forall={"j": [1, 2, 4]})


def test_gradient_norm(unit):
    x, gamma, g = unit[r"\mathbf{x}"], unit[r"\gamma"], rand(M)
    x = x.detach().clone().requires_grad_()
    y = batch_norm(x, 1e-300, gamma.detach())
    (by_input,) = torch.autograd.grad(y, x, g)
    names = {
        r"\frac{\partial \mathcal{L}}{\partial \mathbf{x}}": by_input,
        r"\gamma": gamma.detach(),
        r"\sigma^2": x.detach().var(correction=0),
        r"\mathbf{g}": g,
        r"\hat{\mathbf{x}}": batch_norm(x, 1e-300).detach(),
        r"\mathbf{1}": ones(M),
        "m": M,
    }
    check("gradient-norm", names)


# The batch as a sample


class Batches:
    """All batches of independent draws from a few values, with their probabilities."""

    size = 3

    def __init__(self):
        self.values, weights = rand(4), torch.softmax(rand(4), 0)
        self.mean = weights @ self.values
        self.var = weights @ (self.values - self.mean) ** 2
        draws = list(itertools.product(range(4), repeat=self.size))
        self.batches = [self.values[list(draw)] for draw in draws]
        self.probabilities = [float(weights[list(draw)].prod()) for draw in draws]

    def variable(self, statistic):
        return RandomVariable([statistic(batch) for batch in self.batches], self.probabilities)


def test_standard_error():
    batches = Batches()
    names = {r"\mu": batches.mean, r"\sigma^2": batches.var, "B": batches.size}
    check("standard-error", names | {r"\hat{\mu}": batches.variable(torch.mean)})
    check("biased", names | {r"\hat{\sigma}": batches.variable(lambda batch: batch.std(correction=0))})


def test_steiner():
    x = rand(M)
    check("steiner", {"x": x, "B": M, r"\hat{\mu}": x.mean(), r"\mu": rand()})


def test_sensitivities():
    names = {"x": rand(), r"\mu": rand(), r"\sigma": uniform(0.5, 2)}
    check("sensitivities", names | {r"\hat{x}": r"\frac{x - \mu}{\sigma}"})


def test_noise():
    eq("normalization-noise").by_program(en="holds to first order, in large batches", zh="只在批量大时一阶近似成立")
    generator = torch.Generator().manual_seed(0)
    for z in (0.0, 1.5):
        batches = torch.randn(400, 4000, generator=generator, dtype=torch.float64)
        batches[0] = z
        measured = F.batch_norm(batches, None, None, training=True)[0].var()
        assert measured == pytest.approx((1 + z**2 / 2) / 400, rel=0.08)


def test_samuelson():
    same = {
        r"= in place of ≠: j \ne i": "the sum is then the value itself",
        r"drop factor 2: (m - 1) \sum_{j=1, j \ne i}^{m} \hat{x}_j^2": "true as well: the bound that follows",
    }
    check("samuelson", {r"\hat{x}": batch_norm(rand(M), 0.2), "m": M}, forall=EACH, equivalent=same)
    for i in (1, 3):
        outlier = ones(M)
        outlier[i - 1] = 7.0
        x_hat = batch_norm(outlier, 1e-300)
        check("samuelson", {r"\hat{x}": x_hat, "m": M}, forall={"i": [i]}, tight=1e-9)
        assert float(x_hat[i - 1]) == pytest.approx(math.sqrt(M - 1))


# Running statistics


def test_running():
    norm, x = nn.BatchNorm1d(2, momentum=0.3).double(), rand(M, 2)
    norm.running_mean.fill_(0.7)
    norm.running_var.fill_(1.4)
    start = {"r": norm.running_mean[0].clone(), "v": norm.running_var[0].clone()}
    norm(x)
    var, mean = torch.var_mean(x[:, 0], correction=0)
    names = start | {r"\alpha": 0.3, "m": M, r"\hat{\mu}": mean, r"\hat{\sigma}": var.sqrt()}
    check("running", names, after={"r": norm.running_mean[0], "v": norm.running_var[0]})


def kept_means(momentum, batches):
    """Running mean of torch's layer after every batch, from 0, and the means of the batches."""
    norm = nn.BatchNorm1d(2, momentum=momentum).double()
    norm.running_mean.fill_(0.6)
    running = {0: norm.running_mean[0].clone()}
    for t, batch in enumerate(batches, 1):
        norm(batch)
        running[t] = norm.running_mean[0].clone()
    return running, [batch[:, 0].mean() for batch in batches]


def test_unrolled():
    running, means = kept_means(0.3, [rand(M, 2) for _ in range(4)])
    names = {"r": running, r"\mu": means, r"\alpha": 0.3}
    check("unrolled", names, forall={"t": [1, 2, 4]})
    check("weights", {r"\alpha": uniform(0.1, 0.9)}, forall={"t": [1, 2, 4]})


def test_cumulative():
    running, means = kept_means(None, [rand(M, 2) for _ in range(4)])
    check("cumulative", {"r": running, r"\mu": means}, forall={"t": [2, 3, 4]})


def test_running_variance():
    """The variance of a long weighted sum of independent means."""
    alpha, m, var = 0.3, 4, uniform(1, 3)
    weights = alpha * (1 - alpha) ** torch.arange(200, dtype=torch.float64)
    names = {"q": (weights**2).sum() * var / m, r"\alpha": alpha, "m": m, r"\sigma^2": var}
    check("running-noise", names)
    check("running-variance", names)


def trained_norm(size):
    norm = nn.BatchNorm1d(size).double()
    for statistic in (norm.running_mean, norm.running_var, norm.weight.data, norm.bias.data):
        statistic.copy_(rand(size).exp())
    return norm.eval()


def test_inference():
    norm, x = trained_norm(D), rand(2, D)
    norm.eps = 0.3
    names = {
        "x": x[0, 0],
        "y": norm(x).detach()[0, 0],
        "r": norm.running_mean[0],
        "v": norm.running_var[0],
        r"\gamma": norm.weight.detach()[0],
        r"\beta": norm.bias.detach()[0],
        r"\varepsilon": norm.eps,
    }
    slope = (norm(x + 1) - norm(x)).detach()[0, 0]
    check("inference", names | {"a": slope})
    check("slope", names | {"a": slope})


def test_folding():
    layer, norm = nn.Linear(4, D).double().eval(), trained_norm(D)
    x = rand(4)
    slope = (norm(ones((2, D))) - norm(0 * ones((2, D)))).detach()[0]
    names = {
        r"\mathbf{a}": slope,
        r"\mathbf{W}": layer.weight.detach(),
        r"\mathbf{b}": layer.bias.detach(),
        r"\mathbf{r}": norm.running_mean,
        r"\boldsymbol{\beta}": norm.bias.detach(),
        r"\mathbf{x}": x,
    }
    check("fold", names)
    folded = fusion.fuse_linear_bn_eval(layer, norm)
    parts = {r"\tilde{\mathbf{W}}": folded.weight.detach(), r"\tilde{\mathbf{b}}": folded.bias.detach()}
    check("folded", names | parts)


# Other axes


@pytest.fixture
def layer():
    """A sample with layer norm or RMS norm: definitions, and the gradient by the outputs."""
    x, gamma, beta, weights, eps = rand(D) + 0.5, rand(D), rand(D), rand(D), uniform(0.1, 0.5)
    return {
        "x": x,
        "weights": weights,
        "eps": eps,
        "names": {
            r"\mathbf{x}": x,
            r"\boldsymbol{\gamma}": gamma,
            r"\boldsymbol{\beta}": beta,
            r"\varepsilon": eps,
            "d": D,
            r"\mathbf{1}": ones(D),
            r"\operatorname{loss}": lambda y: (weights * y.sin()).sum(),
        },
    }


def test_layer_norm(layer):
    names, x = layer["names"], layer["x"]
    gamma, beta = names[r"\boldsymbol{\gamma}"], names[r"\boldsymbol{\beta}"]
    var, mu = torch.var_mean(x, correction=0)
    check("layer-statistics", {"x": x, "d": D, r"\mu": mu, r"\sigma^2": var})
    y = F.layer_norm(x, (D,), gamma, beta, float(layer["eps"]))
    check(
        "layer-norm",
        names | {r"\mathbf{y}": y, r"\mu": mu, "s": (var + layer["eps"]).sqrt()},
        equivalent={r"drop factor 2: \mu \mathbf{1}": SPREADS},
    )
    (g,) = gradient(names[r"\operatorname{loss}"], y.clone())
    definitions = {
        r"\mu": r"\frac{1}{d} \mathbf{1}^\top \mathbf{x}",
        "s": r"\sqrt{\frac{1}{d} \lVert \mathbf{x} - \mu \mathbf{1} \rVert^2 + \varepsilon}",
        r"\hat{\mathbf{x}}": r"\frac{1}{s} (\mathbf{x} - \mu \mathbf{1})",
        r"\mathbf{y}": r"\boldsymbol{\gamma} \odot \hat{\mathbf{x}} + \boldsymbol{\beta}",
        LOSS: r"\operatorname{loss}(\mathbf{y})",
    }
    spread = r"drop factor 3: \frac{1}{d} (\mathbf{1}^\top \mathbf{h}) \mathbf{1}"
    check("layer-backward", names | definitions | {r"\mathbf{h}": gamma * g}, equivalent={spread: SPREADS})


def test_group_mean():
    samples, channels, groups, positions = 2, 6, 3, 4
    x = rand(samples, channels, positions)
    normal = F.group_norm(x, groups)  # group means by what is subtracted: x - y s
    s = x.unflatten(1, (groups, -1)).var((2, 3), correction=0).add(1e-5).sqrt()
    mean = x[:, ::2, 0] - normal[:, ::2, 0] * s
    names = {"x": x, r"\mu": mean, "K": channels // groups, "P": positions}
    check("group-mean", names, forall={"n": [1, 2], "g": [1, 2, 3]})


def test_rms(layer):
    names, x, eps = layer["names"], layer["x"], layer["eps"]
    gamma = names[r"\boldsymbol{\gamma}"]
    y = F.rms_norm(x, (D,), gamma, float(eps))
    check("rms", names | {r"\mathbf{y}": y, "q": F.mse_loss(x, 0 * x)})
    var, mu = torch.var_mean(x, correction=0)
    check("mean-square", {"q": F.mse_loss(x, 0 * x), r"\sigma^2": var, r"\mu": mu})
    (g,) = gradient(names[r"\operatorname{loss}"], y.clone())
    definitions = {
        "q": r"\frac{1}{d} \mathbf{x}^\top \mathbf{x}",
        r"\hat{\mathbf{x}}": r"\frac{1}{\sqrt{q + \varepsilon}} \mathbf{x}",
        r"\mathbf{y}": r"\boldsymbol{\gamma} \odot \hat{\mathbf{x}}",
        LOSS: r"\operatorname{loss}(\mathbf{y})",
    }
    check("rms-backward", names | definitions | {r"\mathbf{h}": gamma * g})


# What batch norm does


@pytest.fixture
def direction():
    """The loss of a unit with batch norm as a function of its weights, and its gradient."""
    X, target = rand(N, D), rand(N)

    def loss(w):
        return (batch_norm(X @ w, 1e-300) - target).square().mean()

    def slope(w):
        return gradient(loss, w.detach().clone())[0]

    return loss, slope


def test_scale_invariance(direction):
    loss, slope = direction
    w, a = rand(D), uniform(2, 3)
    itself = {r"drop factor 1: a \mathbf{w}": "says that the loss is equal to itself"}
    check("scale-invariance", {LOSS: loss, r"\mathbf{w}": w, "a": a}, equivalent=itself)
    check("orthogonal", {NABLA: slope, r"\mathbf{w}": w})
    check("gradient-scale", {NABLA: slope, r"\mathbf{w}": w, "a": a})


def test_growth(direction):
    _, slope = direction
    lr, points = 0.7, {0: rand(D)}
    for t in range(3):
        weights = points[t].clone().requires_grad_()
        weights.grad = slope(points[t])
        torch.optim.SGD([weights], lr=lr).step()
        points[t + 1] = weights.detach()
    names = {NABLA: slope, r"\mathbf{w}": points, r"\eta": lr}
    check("growth", names, forall={"t": [0, 1, 2]})
    units = {t: F.normalize(w, dim=0) for t, w in points.items()}
    check("effective-rate", names | {r"\mathbf{u}": units}, forall={"t": [0, 1, 2]})


# Gradients at the start


def signs(*shape):
    """All matrices of ±1 of a shape: independent entries with mean 0 and variance 1."""
    for entries in itertools.product((-1.0, 1.0), repeat=math.prod(shape)):
        yield torch.tensor(entries, dtype=torch.float64).reshape(shape)


def test_preactivation_variance():
    m, n, c = 5, 3, 1.7
    H = rand(m, n)
    outcomes = [(c / n) ** 0.5 * sign for sign in signs(n)]
    names = {
        r"\mathbf{H}": H,
        r"\mathbf{w}": RandomVariable(outcomes, [1 / len(outcomes)] * len(outcomes)),
        r"\mathbf{C}": torch.eye(m).double() - 1 / m,
        "v": H.var(0, correction=0),
        "m": m,
        "n": n,
        "c": c,
    }
    check("preactivation-variance", names)


def test_weights_back():
    k, n, c = 2, 3, 1.7
    outcomes = [(c / n) ** 0.5 * sign for sign in signs(k, n)]
    weights = RandomVariable(outcomes, [1 / len(outcomes)] * len(outcomes))
    check("weights-back", {r"\mathbf{W}": weights, r"\boldsymbol{\delta}": rand(k), "c": c})


def normal():
    """A standard normal variable by the trapezoid rule, which is nearly exact for smooth functions."""
    points = torch.linspace(-8, 8, 81, dtype=torch.float64)
    weights = torch.exp(-(points**2) / 2)
    return RandomVariable(points.tolist(), (weights / weights.sum()).tolist())


def half_normal():
    """Six points with the mass, mean and mean square of a standard normal on both sides of 0."""
    points = np.array([0.4, 1.1, 2.3])
    moments = [
        scipy.integrate.quad(lambda u, p=p: u**p * math.exp(-(u**2) / 2) / math.sqrt(2 * math.pi), 0, 40)[0]
        for p in range(3)
    ]
    weights = np.linalg.solve(np.vander(points, increasing=True).T, moments)
    return RandomVariable([*points, *-points], [*weights, *weights])


def under_the_normal(function):
    return scipy.integrate.quad(lambda u: function(u) * math.exp(-(u**2) / 2) / math.sqrt(2 * math.pi), -40, 40)[0]


def test_relu():
    names = {"u": half_normal(), r"\operatorname{relu}": torch.relu}
    check("relu-moments", names)
    check("relu-variance", names)
    square = under_the_normal(lambda u: u > 0)
    var = under_the_normal(lambda u: max(u, 0) ** 2) - under_the_normal(lambda u: max(u, 0)) ** 2
    check("relu-growth", {r"\rho": math.sqrt(square / var)}, tolerance=1e-7)


def test_gradient_growth():
    square = under_the_normal(lambda u: (1 - math.tanh(u) ** 2) ** 2)
    var = under_the_normal(lambda u: math.tanh(u) ** 2)
    names = {"u": normal(), r"\phi": torch.tanh, "c": uniform(1.5, 3), r"\rho": math.sqrt(square / var)}
    check("gradient-growth", names, tolerance=1e-7)


def test_poincare():
    for phi, tight in ((torch.tanh, None), (lambda u: 1.7 * u + 0.4, 1e-9)):
        check("poincare", {"u": normal(), r"\phi": phi}, tight=tight)


def test_skips():
    """A wide network with skips, not trained: variances of the stream, and growth of the gradient in every block."""
    width, samples, blocks = 256, 1024, 3
    h = 0.9**0.5 * rand(samples, width)
    inside = [h.requires_grad_()]
    for _ in range(blocks):
        W = (2 / width) ** 0.5 * rand(width, width)
        inside.append(inside[-1] + F.relu(F.batch_norm(inside[-1], None, None, training=True)) @ W.T)
    s = {level: h.detach().var(0).mean() for level, h in enumerate(inside)}
    lengths = [g.norm() for g in torch.autograd.grad((inside[-1] * rand(samples, width)).sum(), inside)]
    rho = {level: lengths[level] / lengths[level + 1] for level in range(blocks)}
    v = 2 * (under_the_normal(lambda u: max(u, 0) ** 2) - under_the_normal(lambda u: max(u, 0)) ** 2)
    check("stream", {"s": s, "v": v}, forall={"l": [1, 2, 3]}, tolerance=0.02)
    check("skip-growth", {"s": s, r"\rho": rho}, forall={"l": [0, 1, 2]}, tolerance=0.02)


def test_skip_product():
    check("skip-product", {"s_0": uniform(0.5, 2), "v": uniform(0.3, 0.9), "L": 5})
    check("skip-product", {"s_0": 1e3, "v": 100.0, "L": 5})
    check("skip-product", {"s_0": 1e5, "v": 0.7, "L": 5}, tight=1e-8)
