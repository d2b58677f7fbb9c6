"""The equations of the chapter on logistic regression, evaluated from their LaTeX; torch is the oracle."""

import itertools
import math

import pytest
import torch
from equations.draws import rand
from torch.distributions import Bernoulli, Binomial, MultivariateNormal, Normal
from torch.nn import functional

from dlnotes.book.equations import Distribution, RandomVariable, eq
from dlnotes.logistic_regression import (
    calibration_curve,
    expected_calibration_error,
    gaussian_mle,
    linear_discriminant_analysis,
    newton_logistic_regression,
    roc_curve,
)

N, D, J, K = 6, 3, 5, 4
WEAKER = "true as well, and says less"
SIGMA = {r"\sigma": torch.sigmoid}


def uniform(*shape):
    return 0.1 + 0.8 * torch.rand(shape, dtype=torch.float64)


def scalar(value):
    return torch.tensor(value, dtype=torch.float64)


def entropy(theta):
    return Bernoulli(torch.as_tensor(theta, dtype=torch.float64)).entropy()


def cross_entropy(theta, q):
    return functional.binary_cross_entropy(*(torch.as_tensor(p, dtype=torch.float64) for p in (q, theta)))


def H(theta, q=None):
    """Entropy of one probability, cross entropy of two."""
    return entropy(theta) if q is None else cross_entropy(theta, q)


def divergence(theta, q):
    return torch.distributions.kl_divergence(Bernoulli(theta), Bernoulli(q))


def only(value, *expected):
    """A function that has this value at these arguments, and refuses all others."""

    def function(*arguments):
        if [float(a) for a in arguments] != [float(e) for e in expected]:
            raise ValueError(f"known at {expected} only")
        return value

    return function


def derivative(function, x):
    x = x.clone().requires_grad_()
    return torch.autograd.grad(function(x).sum(), x)[0]


# Distributions


def test_bernoulli():
    theta = uniform()
    for y in (0, 1):
        p = Bernoulli(theta).log_prob(scalar(float(y))).exp()
        eq("logistic_regression-bernoulli").holds({"p": only(p, y, theta), "y": y, r"\theta": theta})
    y = RandomVariable([0, 1], [1 - theta.item(), theta.item()])
    eq("logistic_regression-bernoulli-mean").holds({"y": y, r"\theta": theta.item()})
    eq("logistic_regression-bernoulli-variance").holds({"y": y, r"\theta": theta.item()})


def test_binomial():
    n, theta = 5, uniform()
    distribution = Binomial(n, theta)
    for k in range(n + 1):
        p = distribution.log_prob(scalar(float(k))).exp()
        eq("logistic_regression-binomial").holds({"p": only(p, k, n, theta), "k": k, "n": n, r"\theta": theta})
    for trials in (n, n - 1):  # odd and even
        eq("logistic_regression-binomial-mean").holds(
            {"n": trials, r"\theta": theta}, equivalent={"raise the numeral: 0": "the term with k = 0 is 0"}
        )
        eq("logistic_regression-binomial-variance").holds({"n": trials, r"\theta": theta})
    assert distribution.mean == pytest.approx(n * theta) and distribution.variance == pytest.approx(
        n * theta * (1 - theta)
    )


def test_categorical():
    a = torch.softmax(rand(K), 0)
    changes = ("change sign 2", "drop term 2", "drop minus")
    factors = (r"\mathbf{e}_k - \mathbf{a}", r"\mathbf{e}_k - \mathbf{a}", r"- \mathbf{a}")
    mutants = [f"{change}: {factor}" for change, factor in zip(changes, factors, strict=True)]
    averages_out = "the other factor averages to 0, so that a constant vector beside e_k drops out"
    eq("logistic_regression-categorical-covariance").holds(
        {"a": a, r"\mathbf{a}": a, r"\mathbf{e}": list(torch.eye(K, dtype=torch.float64)), "K": K},
        equivalent=dict.fromkeys([*mutants, *(f"{mutant} (2)" for mutant in mutants)], averages_out),
    )


def test_gaussian():
    mu, v, x = rand(), 0.5 + uniform(), rand()

    def p(x):
        return Normal(mu, v.sqrt()).log_prob(x).exp()

    eq("logistic_regression-gaussian").holds({"p": p, "x": x, r"\mu": mu, "v": v})
    eq("logistic_regression-gaussian-slope").holds({"p": p, "x": x, r"\mu": mu, "v": v})


# Maximum likelihood


def test_bernoulli_likelihood():
    n, theta = 7, uniform()
    y = [1.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0]
    k = int(sum(y))

    def log_likelihood(theta):
        return Bernoulli(theta).log_prob(torch.tensor(y, dtype=torch.float64)).sum()

    eq("logistic_regression-bernoulli-likelihood").holds(
        {
            r"\ell": log_likelihood,
            "p": lambda y, theta: Bernoulli(theta).log_prob(y).exp(),
            "y": y,
            r"\theta": theta,
            "k": k,
            "n": n,
        }
    )
    eq("logistic_regression-bernoulli-score").holds({r"\ell": log_likelihood, r"\theta": theta, "k": k, "n": n})
    low, high = scalar(0.0), scalar(1.0)
    for _ in range(60):  # bisection on the sign of the slope
        middle = (low + high) / 2
        rising = derivative(log_likelihood, middle) > 0
        low, high = (middle, high) if rising else (low, middle)
    eq("logistic_regression-bernoulli-mle").holds({r"\hat{\theta}": low, "k": k, "n": n})
    eq("logistic_regression-bernoulli-information").holds(
        {r"\ell": log_likelihood, r"\hat{\theta}": scalar(k / n), "k": k, "n": n}
    )


def test_gaussian_likelihood():
    n, x, mu, v = 5, rand(5), rand(), 0.5 + uniform()
    eq("logistic_regression-gaussian-likelihood").holds(
        {
            r"\ell": lambda mu, v: Normal(mu, torch.as_tensor(v).sqrt()).log_prob(x).sum(),
            "p": lambda x: Normal(mu, v.sqrt()).log_prob(x).exp(),
            "x": list(x),
            r"\mu": mu,
            "v": v,
            "n": n,
        }
    )
    mean, variance = mu.clone().requires_grad_(), v.clone().requires_grad_()
    by_mean, by_variance = torch.autograd.grad(Normal(mean, variance.sqrt()).log_prob(x).sum(), (mean, variance))
    eq("logistic_regression-gaussian-score").holds(
        {
            r"\frac{\partial \ell}{\partial \mu}": by_mean,
            r"\frac{\partial \ell}{\partial v}": by_variance,
            "x": list(x),
            r"\mu": mu,
            "v": v,
            "n": n,
        }
    )
    mean, variance = x.mean(), x.var(correction=0)
    sample = {r"\hat{\mu}": mean, "x": list(x), "n": n}
    eq("logistic_regression-gaussian-mle").holds({**sample, r"\hat{v}": variance})
    eq("logistic_regression-variance-split").holds({**sample, r"\mu": mu})


def test_bias_of_the_variance():
    """All samples of three from a population of three values, with the estimate as a random variable."""
    n, values, shares = 3, rand(3), torch.softmax(rand(3), 0)
    mean = shares @ values
    draws = list(itertools.product(range(3), repeat=n))
    estimates = [gaussian_mle(values[list(draw)])[1].item() for draw in draws]
    chances = [math.prod(shares[i].item() for i in draw) for draw in draws]
    variance = shares @ (values - mean) ** 2
    eq("logistic_regression-variance-bias").holds(
        {r"\hat{v}": RandomVariable(estimates, chances), "v": variance, "n": n}
    )


# Entropy, cross entropy, divergence


def test_entropies():
    theta, q = uniform(), uniform()
    eq("logistic_regression-cross-entropy").holds({"H": H, r"\theta": theta, "q": q})
    eq("logistic_regression-entropy").holds({"H": H, r"\theta": theta})
    eq("logistic_regression-divergence").holds({"H": H, r"D_{\mathrm{KL}}": divergence, r"\theta": theta, "q": q})
    for forecast in (q, theta):
        eq("logistic_regression-gibbs").holds(
            {r"D_{\mathrm{KL}}": divergence, r"\theta": theta, "q": forecast},
            equivalent={
                r"swap arguments: D_{\mathrm{KL}}(\theta \,\|\, q)": "the inequality holds for all pairs",
                r"\theta in place of: q": "the divergence from itself is 0",
                r"q in place of: \theta": "the divergence from itself is 0",
            },
        )


def test_slopes_of_cross_entropy():
    theta, q = uniform(), uniform()
    common = {r"\theta": theta, "q": q, "H": cross_entropy}
    eq("logistic_regression-cross-entropy-slope").holds(common)
    eq("logistic_regression-information").holds(common)


# Classification


@pytest.fixture
def population():
    """Weights and posteriors of J values; one of the classifiers, with the outcomes as a table."""
    q, p = torch.softmax(rand(J), 0), torch.tensor([0.9, 0.2, 0.6, 0.35, 0.5], dtype=torch.float64)
    return q, p


def test_risk(population):
    q, p = population
    for c in ([1, 0, 0, 1, 1], [0, 1, 1, 0, 0]):
        wrong = sum(q[j] * (p[j] if label else 1 - p[j]) for j in range(J) for label in (0, 1) if label != c[j])
        eq("logistic_regression-risk").holds({"R": wrong, "q": q, "p": p, "c": c, "J": J})


def test_bayes_classifier(population):
    q, p = population
    risks = {
        c: sum(q[j] * (p[j] if c[j] == 0 else 1 - p[j]) for j in range(J)).item()
        for c in itertools.product((0, 1), repeat=J)
    }
    least = min(risks.values())
    best = min((c for c in risks if risks[c] < least + 1e-12), key=sum)  # 0 where both are right
    eq("logistic_regression-bayes-classifier").holds({"c": list(best), "p": p}, forall={"j": range(1, J + 1)})
    eq("logistic_regression-bayes-error").holds(
        {r"R^{*}": least, "q": q, "p": p, "J": J},
        equivalent={r"swap arguments: \min(p_j, 1 - p_j)": "the minimum is symmetric"},
    )


def test_error_of_two_gaussians():
    means, s = [rand().item(), 2.5], 0.8
    x = torch.linspace(-12, 15, 200_001, dtype=torch.float64)
    densities = [Normal(scalar(mean), s).log_prob(x).exp() / 2 for mean in means]
    overlap = torch.trapezoid(torch.minimum(*densities), x)
    eq("logistic_regression-gaussian-error").holds(
        {r"R^{*}": overlap, r"\Phi": Normal(scalar(0.0), 1.0).cdf, r"\mu_0": means[0], r"\mu_1": means[1], "s": s},
        tolerance=1e-7,
    )


@pytest.fixture
def gaussians():
    factor = rand(D, D)
    covariance = factor @ factor.T + torch.eye(D, dtype=torch.float64)
    return {"means": rand(2, D), "covariance": covariance, "shares": torch.softmax(rand(2), 0)}


def class_densities(gaussians, x):
    return [MultivariateNormal(mean, gaussians["covariance"]).log_prob(x).exp() for mean in gaussians["means"]]


def test_bayes_rule(gaussians):
    x = rand(D)
    densities, shares = class_densities(gaussians, x), gaussians["shares"]
    joint = [share * density for share, density in zip(shares, densities, strict=True)]

    def p(first, second):
        """p(x | class) if the sample comes first, p(1 | x) if the class does."""
        if torch.is_tensor(first) and torch.equal(first, x):
            return densities[int(second)]
        if first == 1 and torch.equal(second, x):
            return joint[1] / (joint[0] + joint[1])
        raise ValueError("no such probability")

    bindings = {"p": p, r"\mathbf{x}": x, "q_0": shares[0], "q_1": shares[1]}
    eq("logistic_regression-bayes").holds(bindings)
    log_odds = torch.logit(joint[1] / (joint[0] + joint[1]))
    eq("logistic_regression-posterior").holds({**bindings, "z": log_odds})


def test_discriminant(gaussians):
    """Log-odds by the densities; weights and bias by autograd of them, and as the module fits them."""
    shares, means = gaussians["shares"], gaussians["means"]

    def log_odds(x):
        densities = [MultivariateNormal(mean, gaussians["covariance"]).log_prob(x) for mean in means]
        return (shares[1] / shares[0]).log() + densities[1] - densities[0]

    x = rand(D)
    common = {
        r"\boldsymbol{\mu}_0": means[0],
        r"\boldsymbol{\mu}_1": means[1],
        r"\boldsymbol{\Sigma}": gaussians["covariance"],
        "q_0": shares[0],
        "q_1": shares[1],
        r"\mathbf{x}": x,
    }
    eq("logistic_regression-lda").holds({**common, "z": log_odds(x)})
    weight = derivative(log_odds, x)
    eq("logistic_regression-lda-weight").holds({**common, r"\mathbf{w}": weight})
    bias = log_odds(torch.zeros(D, dtype=torch.float64))
    eq("logistic_regression-lda-bias").holds({**common, r"\mathbf{w}": weight, "b": bias})

    samples, y = rand(20, D), torch.arange(20).double() % 2
    y[:5] = 0  # unequal shares
    fitted = linear_discriminant_analysis(samples, y)
    parts = [samples[y == k] for k in (0, 1)]
    centred = torch.cat([part - part.mean(0) for part in parts])
    estimated = {
        r"\boldsymbol{\mu}_0": parts[0].mean(0),
        r"\boldsymbol{\mu}_1": parts[1].mean(0),
        r"\boldsymbol{\Sigma}": centred.T @ centred / 20,
        "q_0": len(parts[0]) / 20,
        "q_1": len(parts[1]) / 20,
    }
    eq("logistic_regression-lda-weight").holds({**estimated, r"\mathbf{w}": fitted[0]})
    eq("logistic_regression-lda-bias").holds({**estimated, r"\mathbf{w}": fitted[0], "b": fitted[1]})


def test_quadratic_log_odds():
    variances = [0.7, 1.9]

    def z(x):
        return Normal(scalar(0.3), variances[1] ** 0.5).log_prob(x) - Normal(
            scalar(-1.0), variances[0] ** 0.5
        ).log_prob(x)

    curvature = torch.autograd.functional.hessian(z, rand())
    eq("logistic_regression-quadratic").holds(
        {r"\frac{\mathrm{d}^2 z}{\mathrm{d} x^2}": curvature, "v_0": variances[0], "v_1": variances[1]}
    )


def test_model():
    layer = torch.nn.Linear(D, 1, dtype=torch.float64)
    x = rand(D)
    p = torch.sigmoid(layer(x)).squeeze().detach()
    w, b = layer.weight.detach().squeeze(0), layer.bias.detach().squeeze()
    eq("logistic_regression-model").holds({"p": p, r"\mathbf{w}": w, r"\mathbf{x}": x, "b": b})


# Log-odds and the sigmoid


def test_sigmoid():
    for z in (rand(), -4 + rand(), 4 + rand()):
        p = torch.sigmoid(z)
        eq("logistic_regression-logit").holds({"z": z, "p": p})
        eq("logistic_regression-sigmoid").holds({"z": z, "p": p})
        eq("logistic_regression-symmetry").holds({"z": z, **SIGMA})
        eq("logistic_regression-sigmoid-slope").holds({"z": z, **SIGMA})
        eq("logistic_regression-slope-bound").holds({"z": z, **SIGMA})


def test_odds_ratio():
    w, x, b, j = rand(D), rand(D), rand(), 2
    raised = x + torch.eye(D, dtype=torch.float64)[j - 1]
    eq("logistic_regression-odds-ratio").holds(
        {"p": torch.sigmoid(w @ x + b), "p'": torch.sigmoid(w @ raised + b), r"w": w, "j": j}
    )


def test_threshold():
    """An alarm costs less just above the threshold and more just below."""
    false_alarm, missed = 1.0, 3.5
    grid = torch.linspace(0.001, 0.999, 9981, dtype=torch.float64)
    first = grid[(1 - grid) * false_alarm < grid * missed][0]
    eq("logistic_regression-threshold").holds({"p": first, "r_0": false_alarm, "r_1": missed}, tight=1e-3)


def test_area():
    s, t = torch.tensor([0.3, 1.2, 2.0]), torch.tensor([0.3, -1.0, 1.5, 0.1, 0.7])
    labels = torch.cat([torch.ones(3), torch.zeros(5)])
    false_rate, true_rate, _ = roc_curve(torch.cat([s, t]), labels)
    area = torch.trapezoid(true_rate.double(), false_rate.double())
    bindings = {"A": area, "s": s, "t": t, "n_1": 3, "n_0": 5}
    eq("logistic_regression-auc").holds(bindings, tolerance=1e-6)


def test_latent_variable():
    for z, noise in ((0.4, -1.1), (0.4, 0.1), (0.4, 0.9), (-0.7, 0.2)):
        label = int((scalar(z) + noise) > 0)
        eq("logistic_regression-latent").holds({"y": label, "z": z, r"\varepsilon": noise})
    z = rand()
    label = Distribution([0, 1], [1 - torch.sigmoid(z).item(), torch.sigmoid(z).item()])
    t = torch.linspace(-60, 60, 1_200_001, dtype=torch.float64)
    density = 1 / (4 * torch.cosh(t / 2) ** 2)

    below = torch.trapezoid(density[t <= -z.item()], t[t <= -z.item()])
    eq("logistic_regression-latent-probability").holds(
        {r"P(y = 1)": label(1), r"P(\varepsilon \le -z)": below, "z": z, **SIGMA}, tolerance=1e-4
    )


def test_logistic_moments():
    t = torch.linspace(-200, 200, 400_001, dtype=torch.float64)
    log_density = functional.logsigmoid(t) + functional.logsigmoid(-t)
    for s in (0.3, -0.6):
        moment = torch.trapezoid(torch.exp(s * t + log_density), t)
        eq("logistic_regression-logistic-moments").holds({"M": only(moment, s), "s": s})
    quantiles = (torch.arange(4_000) + 0.5) / 4_000
    assert torch.logit(quantiles.double()).var() == pytest.approx(math.pi**2 / 3, rel=5e-3)
    variance = torch.trapezoid(t**2 * log_density.exp(), t)
    eq("logistic_regression-logistic-variance").holds({r"\operatorname{Var}[\varepsilon]": variance})


# Likelihood and binary cross entropy


@pytest.fixture
def batch():
    X, w = rand(N, D), rand(D)
    y = torch.tensor([1.0, 0.0, 0.0, 1.0, 1.0, 0.0], dtype=torch.float64)
    return X, y, w


def test_log_likelihood(batch):
    X, y, w = batch

    def P(label, sample):
        """Of the label of one of the samples, by torch."""
        row = next(i for i in range(N) if torch.equal(X[i], sample))
        if float(label) != float(y[row]):
            raise ValueError("the label of another sample")
        return Bernoulli(logits=X[row] @ w).log_prob(label).exp()

    total = -functional.binary_cross_entropy_with_logits(X @ w, y, reduction="sum")
    bindings = {"P": P, r"\mathbf{x}": list(X), "y": list(y), "p": list(torch.sigmoid(X @ w)), "N": N}
    eq("logistic_regression-log-likelihood").holds({**bindings, r"\ell": lambda w: total, r"\mathbf{w}": w})


def test_losses():
    for y in (0.0, 1.0, 0.3):
        z, y = rand() * 2, scalar(y)
        p, loss = torch.sigmoid(z), functional.binary_cross_entropy_with_logits(z, y)
        eq("logistic_regression-bce").holds({r"\mathcal{L}": loss, "y": y, "p": p})
        eq("logistic_regression-bce-logits").holds({r"\mathcal{L}": loss, "y": y, "z": z, **SIGMA})
        slope = derivative(lambda z, y=y: functional.binary_cross_entropy_with_logits(z, y), z)
        eq("logistic_regression-slope").holds(
            {r"\frac{\mathrm{d} \mathcal{L}}{\mathrm{d} z}": slope, "y": y, "z": z, **SIGMA}
        )
        if y in (0, 1):
            eq("logistic_regression-margin-loss").holds({r"\mathcal{L}": loss, "s": 2 * y - 1, "z": z})


def test_gradient_and_hessian(batch):
    X, y, w = batch
    p = torch.sigmoid(X @ w)
    bindings = {
        r"\bar{\mathcal{L}}": r"\frac{1}{N} \sum_{i=1}^{N} (\log(1 + \exp(z^{(i)})) - y^{(i)} z^{(i)})",
        r"z^{(i)}": r"\mathbf{w}^\top \mathbf{x}^{(i)}",
        r"\mathbf{X}": X,
        r"\mathbf{x}": list(X),
        "y": list(y),
        r"\mathbf{w}": w,
        "N": N,
    }
    eq("logistic_regression-gradient").holds({**bindings, r"\mathbf{p}": p, r"\mathbf{y}": y})
    eq("logistic_regression-hessian").holds({**bindings, r"\mathbf{S}": torch.diag(p * (1 - p))})
    soft = 0.5 * y + 0.2  # so that the data cannot be separated
    fitted = newton_logistic_regression(X, soft, tol=1e-13)
    eq("logistic_regression-moments").holds(
        {r"\mathbf{X}": X, r"\mathbf{p}": torch.sigmoid(X @ fitted), r"\mathbf{y}": soft},
        equivalent=dict.fromkeys(
            [r"\mathbf{y} in place of: \mathbf{p}", r"\mathbf{p} in place of: \mathbf{y}"], WEAKER
        ),
    )


def test_curvature(batch):
    X, _, w = batch
    p, v = torch.sigmoid(X @ w), rand(D)
    common = {r"\mathbf{X}": X, r"\mathbf{v}": v, r"\mathbf{S}": torch.diag(p * (1 - p))}
    eq("logistic_regression-quadratic-form").holds({**common, r"\mathbf{x}": list(X), "p": list(p), "N": N})
    eq("logistic_regression-smoothness").holds(common)
    at_zero = torch.eye(N, dtype=torch.float64) / 4
    eq("logistic_regression-smoothness").holds({**common, r"\mathbf{S}": at_zero}, tight=1e-9)


def test_newton(batch):
    X, y, w = batch
    p = torch.sigmoid(X @ w)

    def loss(w):
        return functional.binary_cross_entropy_with_logits(X @ w, y)

    step = torch.linalg.solve(torch.autograd.functional.hessian(loss, w), derivative(loss, w))
    S = torch.diag(p * (1 - p))
    bindings = {r"\mathbf{w}": w, r"\mathbf{X}": X, r"\mathbf{S}": S, r"\mathbf{p}": p, r"\mathbf{y}": y}
    eq("logistic_regression-newton").holds(bindings, after={r"\mathbf{w}": w - step})
    eq("logistic_regression-irls").holds(bindings)


# Why not squared errors


def test_squared_errors():
    for y in (0.0, 1.0):
        z = rand() * 2
        eq("logistic_regression-squared-slope").holds({"z": z, "y": y})
        eq("logistic_regression-saturated-slope").holds({"z": z, "y": y, **SIGMA})
        eq("logistic_regression-saturated-curvature").holds({"z": z, **SIGMA})


def test_brier():
    theta, q = uniform(), uniform()
    eq("logistic_regression-brier").holds({r"\theta": theta, "q": q})


# Maximum likelihood as approximation


def test_projection():
    counts = [3, 4, 2]
    p = uniform(3)
    labels = [torch.tensor(group, dtype=torch.float64) for group in ([1, 0, 0], [1, 1, 0, 1], [0, 1])]
    probs = torch.cat([p[j].expand(n) for j, n in enumerate(counts)])
    loss = functional.binary_cross_entropy(probs, torch.cat(labels))
    eq("logistic_regression-projection").holds(
        {
            r"\bar{\mathcal{L}}": loss,
            "H": H,
            r"D_{\mathrm{KL}}": divergence,
            r"\bar{y}": [group.mean() for group in labels],
            "p": p,
            "n": counts,
            "N": 9,
            "J": 3,
        }
    )


# Separable data


def test_ray():
    X, w, t = rand(N, D), rand(D), 0.8
    s = [1, -1, -1, 1, 1, -1]
    eq("logistic_regression-ray").holds({r"\mathbf{x}": list(X), r"\mathbf{w}": w, "s": s, "t": t, "N": N, **SIGMA})


def test_flow():
    """The flow by small Runge–Kutta steps of minus the slope of torch's loss."""

    def velocity(m):
        return torch.sigmoid(-m)

    m, h, t = scalar(0.0), 0.005, 0.0
    for step in range(1, 1601):
        k1 = velocity(m)
        k2 = velocity(m + h / 2 * k1)
        k3 = velocity(m + h / 2 * k2)
        k4 = velocity(m + h * k3)
        m, t = m + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4), step * h
        if step in (300, 1600):
            slope = -derivative(lambda m: functional.binary_cross_entropy_with_logits(m, torch.ones_like(m)), m)
            eq("logistic_regression-flow").holds({r"\frac{\mathrm{d} m}{\mathrm{d} t}": slope, "m": m})
            eq("logistic_regression-flow-solution").holds({"m": m, "t": t})


def test_largest_margin():
    """The best of many directions has the margin of a support vector machine, one over the norm of its weights."""
    from sklearn.svm import SVC

    X = rand(40, 2)
    sign = torch.where(X @ torch.tensor([1.0, 0.5], dtype=torch.float64) > 0, 1.0, -1.0).double()
    X = X + 0.2 * sign[:, None] * torch.tensor([1.0, 0.5], dtype=torch.float64)  # a gap between the classes
    angles = torch.linspace(-math.pi, math.pi, 200_001, dtype=torch.float64)
    directions = torch.stack([angles.cos(), angles.sin()], 1)
    margins = (directions @ (sign[:, None] * X).T).amin(1)
    mirrored = torch.cat([X, -X]), torch.cat([sign, -sign])  # symmetric, so that the machine's bias is 0
    machine = SVC(kernel="linear", C=1e8, tol=1e-8).fit(*(part.numpy() for part in mirrored))
    assert margins.max() == pytest.approx(1 / math.hypot(*machine.coef_[0]), rel=1e-4)
    eq("logistic_regression-largest-margin").by_program(
        en="a maximum over all unit vectors; a grid of directions is compared with a support vector machine",
        zh="对所有单位向量求最大值；用方向网格与支持向量机相比较",
    )


def test_norm_under_weight_decay(batch):
    X, y, _ = batch
    for decay in (0.05, 1.0):
        w = newton_logistic_regression(X, y, weight_decay=decay)
        eq("logistic_regression-decayed-norm").holds({r"\lambda": decay, r"\mathbf{w}": w})
    bound = torch.zeros(D, dtype=torch.float64)
    bound[0] = math.sqrt(2 * math.log(2) / 0.5)  # the largest norm that the bound allows
    eq("logistic_regression-decayed-norm").holds({r"\lambda": 0.5, r"\mathbf{w}": bound}, tight=1e-9)


# Numerical stability


def test_log_sigmoid():
    for z in (-30.0, -1.3, 0.7, 25.0):
        z = scalar(z)
        eq("logistic_regression-log-sigmoid").holds(
            {"z": z, **SIGMA},
            equivalent={r"swap arguments: \min(z, 0)": "the minimum is symmetric"},
            tolerance=1e-8,
        )


# Calibration


def test_calibration():
    n, B = 40, 4
    p, y = torch.rand(n, dtype=torch.float64), (torch.rand(n) < 0.5).double()
    predicted, happened, count = calibration_curve(p, y, B)
    bindings = {r"\bar{p}": predicted, r"\bar{y}": happened, "n": count.tolist(), "N": n, "B": B}
    eq("logistic_regression-ece").holds({r"\operatorname{ECE}": expected_calibration_error(p, y, B), **bindings})


def test_murphy():
    values, counts = [0.2, 0.5, 0.9], [4, 2, 3]
    p = torch.tensor(values, dtype=torch.float64).repeat_interleave(torch.tensor(counts))
    y = torch.tensor([1, 0, 0, 0, 1, 0, 1, 1, 0], dtype=torch.float64)
    shares = [part.mean() for part in y.split(counts)]
    eq("logistic_regression-murphy").holds(
        {
            r"\hat{p}": list(p),
            "y": list(y),
            "p": values,
            r"\bar{y}": shares,
            "r": y.mean(),
            "n": counts,
            "N": 9,
            "B": 3,
        }
    )


def test_temperature():
    z, T = rand(), 1.7
    eq("logistic_regression-temperature").holds({r"\hat{p}": torch.sigmoid(z / T), "z": z, "T": T, **SIGMA})
