"""The equations of the chapter on GANs, evaluated from their LaTeX; torch, autograd and enumeration are the oracles."""

import itertools
import math

import torch
from equations.draws import checker, rand
from torch.distributions import Bernoulli, Categorical, LogNormal, Normal, kl_divergence
from torch.nn import functional as F

from dlnotes.book.equations import Distribution, RandomVariable, eq

check = checker("gan")

N, D, M = 4, 3, 5
THETA = r"\boldsymbol{\theta}"
PHI = r"\boldsymbol{\varphi}"
SIGMA = {r"\sigma": torch.sigmoid}


def number(value):
    return torch.tensor(value, dtype=torch.float64)


def law(n=N):
    return torch.softmax(rand(n), 0)


def kl(p, q):
    return kl_divergence(Categorical(p), Categorical(q))


# Learning to sample


def test_energy():
    E = rand(N)
    model = Categorical(logits=-E)
    Z = torch.logsumexp(-E, 0).exp()
    check("energy", {"p": list(model.probs), "E": list(E), "Z": Z, "n": N}, forall={"i": [1, 3]})


def test_log_normaliser():
    theta, slopes, curves = rand(), rand(N), rand(N)

    def energies(t):
        return slopes * t + curves * t**2

    exact = torch.func.grad(lambda t: torch.logsumexp(-energies(t), 0))(theta)
    check(
        "log-normaliser",
        {
            r"\frac{\partial (\log Z)}{\partial \theta}": exact,
            "E_j": r"c_j \theta + d_j \theta^2",
            "Z": torch.logsumexp(-energies(theta), 0).exp(),
            "p": list(Categorical(logits=-energies(theta)).probs),
            "c": list(slopes),
            "d": list(curves),
            r"\theta": theta,
            "n": N,
        },
    )


def test_autoregressive():
    x, a = number([1.0, 0.0, 1.0, 0.0]), torch.rand(N, dtype=torch.float64)
    probability = Bernoulli(a).log_prob(x).sum().exp()
    check("autoregressive", {"p": lambda x: probability, r"\mathbf{x}": x, "x": list(x), "a": list(a), "n": N})


# Generator


def test_push_forward():
    z, weights = rand(M), law(M)
    f, G = torch.tanh, torch.exp
    check(
        "push-forward",
        {
            "q": Distribution([G(value) for value in z], weights),
            "r": Distribution(list(z), weights),
            "f": f,
            "G": G,
        },
    )


def test_distribution_function():
    z = rand()
    check(
        "distribution-function",
        {"F_q": LogNormal(number(0.0), number(1.0)).cdf, "F_r": Normal(0.0, 1.0).cdf, "G": torch.exp, "z": z},
    )


def test_change_of_variables():
    z = rand()
    density = Normal(number(0.0), number(1.0))
    check(
        "change-of-variables",
        {
            "q": lambda x: LogNormal(number(0.0), number(1.0)).log_prob(x).exp(),
            "r": lambda z: density.log_prob(z).exp(),
            "G": torch.exp,
            "z": z,
        },
    )
    check(  # decreasing
        "change-of-variables",
        {
            "q": lambda x: Normal(number(0.0), number(2.0)).log_prob(x).exp(),
            "r": lambda z: density.log_prob(z).exp(),
            "G": lambda z: -2 * z,
            "z": z,
        },
    )


def test_log_normal():
    x = number(0.3) + rand().abs()
    check("log-normal", {"q": lambda x: LogNormal(number(0.0), number(1.0)).log_prob(x).exp(), "x": x})


def test_regression():
    outcomes, weights = rand(N), law()
    Y = RandomVariable(list(outcomes), weights)
    check("regression", {"Y": Y, "m": (outcomes * weights).sum(), "c": rand()})


def test_two_futures():
    u, v = rand(2)
    equal = dict.fromkeys(("v in place of: u", "u in place of: v"), "both answers are equally far from their mean")
    check("two-futures", {"u": u, "v": v, "m": torch.stack([u, v]).mean()}, equivalent=equal)


# Discriminator and game


def densities():
    p, q = Normal(number(1.0), number(0.8)), Normal(number(-0.5), number(1.2))
    return (lambda x: p.log_prob(x).exp()), (lambda x: q.log_prob(x).exp())


def test_posterior():
    p, q = densities()
    x = rand()
    joint = torch.stack([p(x), q(x)])
    check("posterior", {"D": lambda x: (joint / joint.sum())[0], "p": p, "q": q, "x": x})


def test_density_ratio():
    p, q = densities()
    x = rand()
    real = Normal(number(1.0), number(0.8)).log_prob(x)
    made = Normal(number(-0.5), number(1.2)).log_prob(x)
    D = torch.softmax(torch.stack([real, made]), 0)[0]
    check("density-ratio", {"a": lambda x: torch.logit(D), "D": lambda x: D, "p": p, "q": q, "x": x})


def value_of(D, x, p, made, q):
    """Minus the cross entropy of labelled samples with weights."""
    answers, weights = torch.cat([D(x), D(made)]), torch.cat([p, q])
    labels = torch.cat([torch.ones_like(x), torch.zeros_like(made)])
    return -F.binary_cross_entropy(answers, labels, weights, reduction="sum")


def test_value():
    x, z, p, r = rand(N), rand(D), law(N), law(D)

    def player(x):
        return torch.sigmoid(0.7 * x - 0.3)

    G = torch.sinh
    bindings = {"p": Distribution(list(x), p), "D": player}
    game = {"V": lambda D, G: value_of(D, x, p, G(z), r), "G": G, "r": Distribution(list(z), r)}
    check("value", bindings | game)
    made = G(z)
    check("value-laws", bindings | {"V": lambda D, q: value_of(D, x, p, made, r), "q": Distribution(list(made), r)})


def test_discriminator_loss():
    real, z = rand(M), rand(M)
    G, a = torch.sinh, (lambda x: 0.7 * x - 0.3)
    logits = torch.cat([a(real), a(G(z))])
    labels = torch.cat([torch.ones_like(real), torch.zeros_like(z)])
    loss = 2 * F.binary_cross_entropy_with_logits(logits, labels)
    check(
        "discriminator-loss",
        {r"\mathcal{L}_D": loss, "m": M, "a": a, "G": G, "x": list(real), "z": list(z), **SIGMA},
    )


def test_softplus():
    for a in (-1.3, 0.4):
        check("softplus", {"a": number(a), r"\operatorname{softplus}": F.softplus, **SIGMA})


def steps(name, letter, loss):
    start = rand(D)
    A = rand(D, D)
    parameters = start.clone().requires_grad_()
    value = torch.logsumexp(A @ parameters, 0)
    (gradient,) = torch.autograd.grad(value, parameters)
    optimizer = torch.optim.SGD([parameters], lr=0.3)
    parameters.grad = gradient
    optimizer.step()
    check(
        name,
        {letter: start, r"\eta": number(0.3), rf"\frac{{\partial {loss}}}{{\partial {letter}}}": gradient},
        after={letter: parameters.detach()},
    )


def test_steps():
    steps("d-step", PHI, r"\mathcal{L}_D")


def test_steps_of_the_generator():
    steps("g-step", THETA, r"\mathcal{L}_G")


# The theorem


def cross_entropy_value(discriminator, p, q):
    """The value as minus two cross entropies, from logits."""
    logits = torch.logit(discriminator)
    return -(p * F.softplus(-logits)).sum() - (q * F.softplus(logits)).sum()


def test_value_finite():
    p, q, d = law(), law(), torch.rand(N, dtype=torch.float64)
    check("value-finite", {"V": cross_entropy_value(d, p, q), "p": list(p), "q": list(q), "D": list(d), "n": N})


def test_pointwise():
    p, q, t = number(0.6), number(0.25), number(0.3)

    def v(t):
        return -F.binary_cross_entropy(t, number(1.0)) * p - F.binary_cross_entropy(t, number(0.0)) * q

    check("pointwise", {"v": v, "p": p, "q": q, "t": t})
    check("pointwise-slope", {"v'": torch.func.grad(v), "p": p, "q": q, "t": t})


def best(p, q):
    """The best discriminator by minimising cross entropy over free logits."""
    logits = torch.zeros_like(p)
    for _ in range(60):  # Newton's method, outcome by outcome
        s = torch.sigmoid(logits)
        logits = logits + (p * (1 - s) - q * s) / ((p + q) * s * (1 - s))
    return torch.sigmoid(logits)


def test_optimal():
    p, q = law(), law()
    check("optimal", {r"\hat{D}": list(best(p, q)), "p": list(p), "q": list(q)}, forall={"i": [1, 2, 3, 4]})


def coins(s, t):
    return kl_divergence(Bernoulli(s), Bernoulli(t))


def test_binary_divergence():
    for s, t in ((0.3, 0.6), (0.8, 0.45)):
        check("binary-divergence", {r"\operatorname{kl}": coins, "s": number(s), "t": number(t)})


def test_loss_of_value():
    p, q, d = law(), law(), torch.rand(N, dtype=torch.float64)
    optimal = best(p, q)
    check(
        "loss-of-value",
        {
            r"\hat{V}": cross_entropy_value(optimal, p, q),
            "V": cross_entropy_value(d, p, q),
            r"\operatorname{kl}": coins,
            r"\hat{D}": list(optimal),
            "D": list(d),
            "p": list(p),
            "q": list(q),
            "n": N,
        },
    )


def test_mixture():
    p, q = law(), law()
    draws = torch.stack([p, q]).mean(0)
    check("mixture", {"m": list(draws), "p": list(p), "q": list(q)}, forall={"i": [1, 2]})


def test_optimal_value():
    p, q = law(), law()
    middle = torch.stack([p, q]).mean(0)
    laws = {"p": p, "q": q, "m": middle}
    check(
        "optimal-value",
        {r"\hat{V}": cross_entropy_value(best(p, q), p, q), r"\operatorname{KL}": kl, **laws, "n": N},
    )


def jsd(p, q):
    middle = (p + q) / 2
    return kl(p, middle) / 2 + kl(q, middle) / 2


def entropy_jsd(p, q):
    """Entropy of the mixture minus mean entropy: the information between sample and law."""
    return Categorical((p + q) / 2).entropy() - (Categorical(p).entropy() + Categorical(q).entropy()) / 2


def test_jsd():
    p, q = law(), law()
    laws = {"p": p, "q": q, "m": (p + q) / 2}
    check("jsd", {r"\operatorname{JSD}": entropy_jsd(p, q), r"\operatorname{KL}": kl, **laws})


def test_value_jsd():
    p, q = law(), law()
    check("value-jsd", {r"\hat{V}": cross_entropy_value(best(p, q), p, q), r"\operatorname{JSD}": entropy_jsd(p, q)})


def test_logarithm():
    for t in (0.3, 2.5):
        check("logarithm", {"t": number(t)})
    check("logarithm", {"t": number(1.0)}, tight=1e-12)


def test_gibbs():
    """On the outcomes with p > 0, of which the mixture may hold a part only."""
    p, m = law(), 0.8 * law()

    def divergence(p, m):
        return F.kl_div(m.log(), p, reduction="sum")

    check("gibbs", {r"\operatorname{KL}": divergence, "p": p, "m": m, "n": N})
    check("gibbs", {r"\operatorname{KL}": divergence, "p": p, "m": p, "n": N}, tight=1e-12)


def test_jsd_bound():
    p, q = law(), law()
    check("jsd-bound", {r"\operatorname{KL}": kl, "p": p, "m": (p + q) / 2, "n": N})
    check("jsd-bound", {r"\operatorname{KL}": lambda p, m: number(2.0).log(), "p": p, "m": p / 2, "n": N}, tight=1e-12)


def test_minimum():
    p = law()
    for q, options in ((law(), {}), (p, {"tight": {1: 1e-9}})):
        optimal = best(p, q)
        check(
            "minimum",
            {"V": lambda d, q: cross_entropy_value(d, p, q), r"\hat{D}": optimal, "q": q},
            **options,
        )


def test_half():
    p, q = law(), law()
    check("half", {"V": lambda d, q: cross_entropy_value(torch.full_like(p, float(d)), p, q), "q": q})


def test_saddle():
    p, q = law(), law()

    def V(d, law):
        return cross_entropy_value(torch.as_tensor(d, dtype=torch.float64).expand(N), p, law)

    half = torch.full((N,), 0.5, dtype=torch.float64)
    same = dict.fromkeys(("q in place of: p (2)", "p in place of: q"), "at D = 1/2 the value is the same for every law")
    check("saddle", {"V": V, "D": torch.rand(N, dtype=torch.float64), "p": p, "q": q}, equivalent=same)
    check("saddle", {"V": V, "D": half, "p": p, "q": q}, tight=1e-12, equivalent=same)


# Losses


def test_slopes():
    for a in (-2.0, 0.7):
        a = number(a)
        saturating = torch.func.grad(lambda a: -F.softplus(a))(a)
        other = torch.func.grad(lambda a: F.softplus(-a))(a)
        check("saturating", {r"\frac{\partial (\log(1 - \sigma(a)))}{\partial a}": saturating, "a": a, **SIGMA})
        check("non-saturating", {r"\frac{\partial (-\log(\sigma(a)))}{\partial a}": other, "a": a, **SIGMA})
        check("loss-ratio", {"a": a, **SIGMA})


# Rotation


def test_bilinear():
    x, y = rand(2)
    product = {"V": lambda x, y: torch.dot(x[None], y[None]), "x": x, "y": y}
    check("bilinear", product, equivalent={"swap arguments: V(x, y)": "a product, in either order"})


def gradient_play(x, y, lr, alternating=False, gamma=0.0):
    """One step by autograd: x descends V = x y, y ascends V - gamma / 2 y²."""

    def value(x, y):
        return torch.prod(torch.stack([x, y]))

    slope_x, slope_y = torch.func.grad(value, argnums=(0, 1))(x, y)
    new_x = x - lr * slope_x
    if alternating:
        slope_y = torch.func.grad(value, argnums=1)(new_x, y)
    return new_x, y + lr * (slope_y - torch.func.grad(lambda y: gamma / 2 * y.square())(y))


def pairs(lr, count=3, **options):
    points = [tuple(rand(2))]
    for _ in range(count):
        points.append(gradient_play(*points[-1], lr, **options))
    xs, ys = zip(*points, strict=True)
    return {"x": dict(enumerate(xs)), "y": dict(enumerate(ys))}


def test_simultaneous():
    eta = number(0.3)
    check("simultaneous", {**pairs(eta), r"\eta": eta}, forall={"t": [0, 1]})
    check("spiral", {**pairs(eta), r"\eta": eta}, forall={"t": [0, 1]})


def test_characteristic():
    eta, root = number(0.3), number(1.6)
    step = torch.eye(2, dtype=torch.float64) + eta * number([[0.0, -1.0], [1.0, 0.0]])
    polynomial = (root - torch.linalg.eigvals(step)).prod()
    assert abs(polynomial.imag) < 1e-12
    assert torch.allclose(torch.linalg.eigvals(step).abs(), torch.sqrt(1 + eta**2))
    assert torch.allclose(polynomial.real, (root - 1) ** 2 + eta**2)
    check("characteristic", {r"\lambda": root, r"\eta": eta})


def test_radius():
    eta, T = number(0.3), 5
    path = pairs(eta, T)
    radii = {t: torch.hypot(path["x"][t], path["y"][t]) for t in (0, T)}
    check("radius", {r"\rho": radii, r"\eta": eta, "T": T})


def matrix_of(lr, **options):
    basis = torch.eye(2, dtype=torch.float64)
    return torch.stack([torch.stack(gradient_play(*column, lr, **options)) for column in basis], 1)


def test_alternating():
    eta = number(0.3)
    check(
        "alternating",
        {r"\mathbf{M}": matrix_of(eta, alternating=True), r"\eta": eta},
        equivalent={
            r"transpose: \mathbf{M} (2)": "a matrix and its transpose have one determinant",
            r"transpose: \mathbf{M} (3)": "a matrix and its transpose have one trace",
        },
    )


def test_extragradient():
    eta = number(0.3)
    points = [torch.stack(tuple(rand(2)))]
    for _ in range(3):
        trial = torch.stack(gradient_play(*points[-1], eta))
        points.append(points[-1] + torch.stack(gradient_play(*trial, eta)) - trial)
    A = number([[0.0, -1.0], [1.0, 0.0]])
    bindings = {r"\mathbf{u}": dict(enumerate(points)), r"\eta": eta}
    check("extragradient", bindings | {r"\mathbf{A}": A}, forall={"t": [1, 2]})
    check("extragradient-rate", bindings, forall={"t": [1, 2]})


def test_average():
    eta, T = number(0.3), 4
    check("average", {**pairs(eta, T, alternating=True), r"\eta": eta, "T": T})


def test_r1():
    points, p = rand(N, D), law()
    A = rand(D, D)

    def a(x):
        return torch.logsumexp(A @ x, 0)

    slopes = torch.stack([torch.func.grad(a)(x) for x in points])
    penalty = 0.7 / 2 * (p * slopes.square().sum(1)).sum()
    check("r1", {"R": penalty, r"\gamma": number(0.7), "p": Distribution(list(points), p), "a": a})


def test_r1_matrix():
    eta, gamma = number(0.3), number(0.8)
    check(
        "r1-matrix",
        {r"\mathbf{M}": matrix_of(eta, gamma=gamma), r"\eta": eta, r"\gamma": gamma},
        equivalent={r"transpose: \mathbf{M} (2)": "a matrix and its transpose have one determinant"},
    )


def test_best_reply():
    rising = torch.rand(N, dtype=torch.float64).sort().values
    check("best-reply", {"q": list(law()), "D": list(rising), "n": N})
    for d in (rising, rising.flip(0)):  # the best outcome is the last one, then the first
        reply = F.one_hot(d.argmax(), N).double()
        check("best-reply", {"q": list(reply), "D": list(d), "n": N}, tight=1e-12)


# The generator's gradient


def test_path():
    W, mix, A, z = rand(D, 2), rand(D, D), rand(D, D), rand(M, 2)

    def generate(theta, z):
        return torch.tanh(W @ z + mix @ theta)

    def logit(x):
        return torch.logsumexp(A @ x, 0) - 1

    theta = rand(D)
    gradient = torch.func.grad(
        lambda theta: torch.stack([F.softplus(-logit(generate(theta, row))) for row in z]).mean()
    )(theta)
    xs = [generate(theta, row) for row in z]
    check(
        "path",
        {
            rf"\frac{{\partial \mathcal{{L}}_G}}{{\partial {THETA}}}": gradient,
            r"\mathbf{x}^{(i)}": rf"G({THETA}, \mathbf{{z}}^{{(i)}})",
            "G": generate,
            r"\mathbf{z}": list(z),
            THETA: theta,
            r"\mathbf{g}": [torch.func.grad(logit)(x) for x in xs],
            "a": [logit(x) for x in xs],
            "m": M,
            **SIGMA,
        },
    )


# Reinforcement


def test_pathwise():
    e, weights, theta = rand(N), law(), rand()
    exact = torch.func.grad(lambda t: (weights * torch.sinh(t + e)).sum())(theta)
    check(
        "pathwise",
        {
            r"\frac{\partial (\mathbb{E}[f(\theta + \varepsilon)])}{\partial \theta}": exact,
            "f'": torch.cosh,
            r"\theta": theta,
            r"\varepsilon": RandomVariable(list(e), weights),
        },
    )


def test_score_function():
    b, c, r, theta = rand(N), rand(N), rand(N), rand()

    def policy(t):
        return torch.softmax(b * t + c, 0)

    exact = torch.func.grad(lambda t: policy(t) @ r)(theta)
    check(
        "score-function",
        {
            r"\frac{\partial (\sum_{a=1}^{n} \pi_a r_a)}{\partial \theta}": exact,
            r"\pi_a": r"P_a(\theta)",
            "P": [lambda t, a=a: policy(t)[a] for a in range(N)],
            r"\theta": theta,
            "r": list(r),
            "n": N,
        },
    )


def normal_points():
    """A finite law with the moments of a standard normal up to order 15 (Gauss–Hermite)."""
    import numpy as np

    nodes, weights = np.polynomial.hermite_e.hermegauss(8)
    return [number(float(node)) for node in nodes], torch.from_numpy(weights / weights.sum())


def test_variances():
    noise = RandomVariable(*normal_points())
    for theta in (1.5, -0.4):
        symmetric = dict.fromkeys(
            (r"change sign 1: \theta + \varepsilon", r"change sign 2: \theta + \varepsilon"), "the noise is symmetric"
        )
        one = {r"drop factor 2: \theta^4 \mathbb{E}[\varepsilon^2]": "the second moment of the noise is 1"}
        check("second-moment", {r"\theta": number(theta), r"\varepsilon": noise}, equivalent=symmetric | one)
        points, weights = normal_points()
        estimates = (theta + torch.stack(points)) ** 2 * torch.stack(points)
        variance = (weights * (estimates - (weights * estimates).sum()) ** 2).sum()
        check(
            "score-variance",
            {r"\operatorname{Var}[(\theta + \varepsilon)^2 \varepsilon]": variance, r"\theta": number(theta)},
        )


# Fréchet distance


def roots():
    """Two covariances by their factors, and their symmetric roots by the singular value decomposition."""
    result = []
    for _ in range(2):
        U, s, _ = torch.linalg.svd(rand(D, D + 1), full_matrices=False)
        result.append((U @ torch.diag(s) @ U.T, U @ torch.diag(s**2) @ U.T))
    return result


def test_coupling():
    weights, x, y = law(6), rand(6, D), rand(6, D)
    m1, m2 = weights @ x, weights @ y
    joint = torch.cov(torch.cat([x, y], 1).T, aweights=weights, correction=0)
    squared = (weights * (x - y).square().sum(1)).sum()
    check(
        "coupling",
        {
            r"\mathbb{E}[\lVert \mathbf{X} - \mathbf{Y} \rVert^2]": squared,
            r"\mathbf{m}": [m1, m2],
            r"\boldsymbol{\Sigma}": [joint[:D, :D], joint[D:, D:]],
            r"\mathbf{C}": joint[:D, D:],
        },
        equivalent={r"transpose: \mathbf{C}": "a matrix and its transpose have one trace"},
    )


def test_cross():
    (R1, _), (R2, _) = roots()
    K = rand(D, D)
    check(
        "cross",
        {r"\mathbf{C}": R1 @ K @ R2, r"\mathbf{R}": [R1, R2], r"\mathbf{K}": K},
        equivalent={r"transpose: \mathbf{C}": "a matrix and its transpose have one trace"},
    )


def test_nuclear():
    (R1, _), (R2, _) = roots()
    U, s, Vh = torch.linalg.svd(R2 @ R1)
    K = rand(D, D)
    K = K / torch.linalg.matrix_norm(K, 2)
    bindings = {r"\mathbf{R}": [R1, R2], "s": list(s), "d": D}
    check("nuclear", bindings | {r"\mathbf{K}": K})
    check("nuclear", bindings | {r"\mathbf{K}": Vh.T @ U.T}, tight=1e-9)


def test_root():
    (R1, _), (R2, C2) = roots()
    _, s, Vh = torch.linalg.svd(R2 @ R1)
    S = Vh.T @ torch.diag(s) @ Vh
    check(
        "root",
        {r"\mathbf{S}": S, r"\mathbf{R}_1": R1, r"\boldsymbol{\Sigma}_2": C2, "s": list(s), "d": D},
        equivalent={r"swap factors 1 and 2: \mathbf{S} \mathbf{S}": "both factors are the same"},
    )


def test_frechet():
    """The oracle is the best coupling itself: samples of one law and their image under the optimal linear map."""
    (R1, C1), (R2, C2) = roots()
    U, s, Vh = torch.linalg.svd(R2 @ R1)
    m1, m2 = rand(D), rand(D)
    joint = torch.cat([torch.cat([C1, R1 @ Vh.T @ U.T @ R2], 1), torch.cat([R2 @ U @ Vh @ R1, C2], 1)])
    difference = torch.cat([torch.eye(D, dtype=torch.float64), -torch.eye(D, dtype=torch.float64)], 1)
    squared = (m1 - m2).square().sum() + (difference @ joint @ difference.T).diagonal().sum()
    check(
        "frechet",
        {
            "d": squared.sqrt(),
            r"\mathbf{m}": [m1, m2],
            r"\boldsymbol{\Sigma}": [C1, C2],
            r"\mathbf{S}": Vh.T @ torch.diag(s) @ Vh,
        },
    )


def test_frechet_scalar():
    z = torch.linspace(-3, 3, 7, dtype=torch.float64)
    z = z / z.std(correction=0)
    m, s, u = rand(2), number(0.8), number(1.9)
    squared = (m[0] + s * z - m[1] - u * z).square().mean()  # the coupling in order
    check("frechet-scalar", {"d": squared.sqrt(), "m": list(m), "s": s, "u": u})


# Exercises


def test_prior():
    p, q, share = law(), law(), number(0.3)
    check(
        "prior",
        {r"\hat{D}": list(best(share * p, (1 - share) * q)), "p": list(p), "q": list(q), r"\pi": share},
        forall={"i": [1, 2, 3]},
    )


def test_non_saturating_split():
    p, q = law(), law()
    b = -torch.log(best(p, q))
    check("non-saturating-split", {"b": list(b), "p": list(p), "q": list(q)}, forall={"i": [1, 2, 3]})


def test_invariant():
    eta = number(0.7)
    check("invariant", {**pairs(eta, alternating=True), r"\eta": eta}, forall={"t": [0, 1]})


def test_r1_region():
    """The two inequalities hold exactly where the eigenvalues are inside the unit circle."""
    inside = 0
    for eta, gamma in itertools.product((0.3, 0.9, 1.7, 2.6), (0.2, 0.8, 1.5, 2.4, 7.0)):
        size = torch.linalg.eigvals(matrix_of(number(eta), gamma=number(gamma))).abs().max()
        predicted = eta < gamma and 2 * eta * gamma < 4 + eta**2
        assert (size < 1) == predicted
        inside += predicted
    assert 0 < inside < 20
    eq("gan-r1-region").by_program(
        en="that the two inequalities are exactly the condition is shown by eigenvalues on a grid of both sides",
        zh="两个不等式恰为收敛条件，这一点由边界两侧网格点上的特征值验证",
    )


def test_least_squares():
    p, q = law(), law()
    d = (p.sqrt() ** 2) / (p + q)
    for _ in range(3):  # Newton's method on the parabolas arrives at once
        d = d - (2 * p * (d - 1) + 2 * q * d) / (2 * p + 2 * q)
    check("least-squares", {r"\hat{D}": list(d), "p": list(p), "q": list(q), "n": N})


def test_sorting():
    x, v, w, y = rand(4)
    check("sorting", {"x": x, "v": v, "w": w, "y": y})


def test_missing_mode():
    n = 7
    p = torch.full((n,), 1 / n, dtype=torch.float64)
    q = torch.cat([torch.full((n - 1,), 1 / (n - 1), dtype=torch.float64), number([0.0])])
    value = -math.log(4) + 2 * entropy_jsd(p, q)
    check("missing-mode", {r"\hat{V}": value, "n": n})
