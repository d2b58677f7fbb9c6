"""The equations of the chapter on linear regression, evaluated from their LaTeX; torch is the oracle."""

import pytest
import torch
from equations.draws import rand
from torch.distributions import Normal
from torch.nn import functional

from dlnotes.book.equations import eq

N, D, K, J, S = 5, 2, 3, 2, 3
FEATURES = range(1, D + 1)
ONES, ZEROS = torch.ones(N, dtype=torch.float64), torch.zeros(D, dtype=torch.float64)


@pytest.fixture
def target():
    """A target with K values and their probabilities."""
    return {"p": torch.softmax(rand(K), 0), "y": rand(K), "K": K}


@pytest.fixture
def data():
    """A design matrix with independent columns, weights, targets, and their mean squared error by torch."""
    X, w, y = rand(N, D), rand(D), rand(N)
    loss = functional.mse_loss(X @ w, y)
    return {r"\mathbf{X}": X, r"\mathbf{w}": w, r"\mathbf{y}": y, "N": N, r"\mathcal{L}": loss}


def least_squares(X, y):
    return torch.linalg.lstsq(X, y).solution


def differentiable(data):
    """The same, with the loss defined by the chapter's own equation, so that \\partial sees what it depends on."""
    return {name: value for name, value in data.items() if name != r"\mathcal{L}"}, ["linear_regression-loss-norm"]


# What regression predicts


def test_risk_and_mean(target):
    c = rand()
    values = torch.stack([target["y"], target["y"] ** 2])
    first, second = values @ target["p"]
    eq("linear_regression-risk").holds(
        {**target, "R": lambda c: second - 2 * c * first + c**2, "c": c},
    )
    eq("linear_regression-mean").holds({**target, r"\mu": first})
    eq("linear_regression-shift").holds({**target, "m": rand(), "c": c})
    eq("linear_regression-split").holds({**target, r"\mu": first, "c": c})


def test_absolute_slope(target):
    for c in (*((target["y"].sort().values[:-1] + target["y"].sort().values[1:]) / 2), rand()):
        eq("linear_regression-absolute-slope").holds({**target, "c": c})


def test_regression_function():
    joint, y, f = torch.softmax(rand(J * K), 0).reshape(J, K), rand(K), rand(J)
    marginal = joint.sum(1)
    means = torch.stack([torch.linalg.vecdot(joint[j] / marginal[j], y) for j in range(J)])
    bindings = {r"\mathbf{P}": joint, "q": marginal, "m": means, "f": f, "y": y, "J": J, "K": K}
    eq("linear_regression-regression-function").holds(bindings)


# The linear model


def test_model():
    x, w, b = rand(D), rand(D), rand()
    prediction = functional.linear(x, w[None], b[None])[0]
    eq("linear_regression-model").holds({r"\mathbf{x}": x, r"\mathbf{w}": w, "b": b, "d": D, r"\hat{y}": prediction})
    with_one = {r"\tilde{\mathbf{x}}": torch.cat([x.new_ones(1), x]), r"\tilde{\mathbf{w}}": torch.cat([b[None], w])}
    eq("linear_regression-absorbed-bias").holds({r"\mathbf{x}": x, r"\mathbf{w}": w, "b": b, **with_one})


def test_batch(data):
    b = rand()
    predictions = functional.linear(data[r"\mathbf{X}"], data[r"\mathbf{w}"]) + b
    eq("linear_regression-batch").holds(
        {**data, "b": b, r"\mathbf{1}": ONES, r"\hat{\mathbf{y}}": predictions},
        equivalent={r"drop factor 2: b \mathbf{1}": "a scalar is added to every entry"},
    )


# The loss


def test_loss(data):
    predictions = data[r"\mathbf{X}"] @ data[r"\mathbf{w}"]
    samples = {r"\hat{y}": list(predictions), "y": list(data[r"\mathbf{y}"])}
    eq("linear_regression-loss").holds({**samples, "N": N, r"\mathcal{L}": data[r"\mathcal{L}"]})
    eq("linear_regression-loss-norm").holds(data)


def test_gradient(data):
    inputs, given = differentiable(data)
    rows = {r"\mathbf{x}": list(data[r"\mathbf{X}"]), r"\hat{y}": list(data[r"\mathbf{X}"] @ data[r"\mathbf{w}"])}
    rows["y"] = list(data[r"\mathbf{y}"])
    eq("linear_regression-partial").holds({**inputs, **rows}, given=given, forall={"j": FEATURES})
    eq("linear_regression-gradient").holds(inputs, given=given)


def test_sum_of_squares(data):
    inputs, given = differentiable(data)
    total = r"(\mathbf{X} \mathbf{w} - \mathbf{y})^\top (\mathbf{X} \mathbf{w} - \mathbf{y})"
    eq("linear_regression-sum").holds({**inputs, "S": total}, given=given)


# The normal equations


def test_normal_equations(data):
    best = least_squares(data[r"\mathbf{X}"], data[r"\mathbf{y}"])
    eq("linear_regression-normal-equations").holds({**data, r"\hat{\mathbf{w}}": best})
    eq("linear_regression-solution").holds({**data, r"\hat{\mathbf{w}}": best})


def test_line():
    x, y = rand(N), rand(N)
    b, w = least_squares(torch.stack([ONES, x], dim=1), y)
    means = {r"\bar{x}": x.mean(), r"\bar{y}": y.mean()}
    eq("linear_regression-intercept").holds({**means, "b": b, "w": w})
    mutants = [
        *(f"{change} 2: {v}_i - \\bar{{{v}}}" for change in ("change sign", "drop term") for v in "xy"),
        *(f"drop minus: - \\bar{{{v}}}" for v in "xy"),
        *(f"{name} in place of: \\bar{{{v}}}" for name in ("w", "N") for v in "xy"),
        *(r"\bar{y} in place of: \bar{x}", r"\bar{x} in place of: \bar{y}"),
    ]
    equivalent = dict.fromkeys(mutants, "one of two factors may be shifted by a constant: the other sums to 0")
    eq("linear_regression-slope").holds({**means, "x": x, "y": y, "w": w, "N": N}, equivalent=equivalent)


# A projection


@pytest.fixture
def fit(data):
    """The least-squares fit: weights, residual and the projection, by torch's QR."""
    X, y = data[r"\mathbf{X}"], data[r"\mathbf{y}"]
    Q, _ = torch.linalg.qr(X)
    best = least_squares(X, y)
    return {r"\mathbf{X}": X, r"\mathbf{y}": y, r"\hat{\mathbf{w}}": best, r"\mathbf{H}": Q @ Q.T, "N": N, "d": D}


def test_orthogonality(fit):
    X, y = fit[r"\mathbf{X}"], fit[r"\mathbf{y}"]
    e = y - fit[r"\mathbf{H}"] @ y
    eq("linear_regression-orthogonality").holds({r"\mathbf{X}": X, r"\mathbf{e}": e, r"\mathbf{0}": ZEROS})
    eq("linear_regression-pythagoras").holds({**fit, r"\mathbf{e}": e, r"\mathbf{v}": rand(D)})


def test_hat_matrix(fit):
    eq("linear_regression-hat").holds(fit)
    powers = ("drop factor 1", "drop factor 2", "swap factors 1 and 2")
    equivalent = dict.fromkeys([rf"{change}: \mathbf{{H}} \mathbf{{H}}" for change in powers], "what the equation says")
    eq("linear_regression-idempotent").holds(fit, equivalent=equivalent)
    eq("linear_regression-trace").holds(fit)


def test_determination():
    X, y = torch.cat([ONES[:, None], rand(N, 2)], dim=1), rand(N)
    fitted = X @ least_squares(X, y)
    samples = {"y": y, r"\hat{y}": fitted, r"\bar{y}": y.mean(), "N": N}
    eq("linear_regression-variance").holds(samples)
    correlation = torch.corrcoef(torch.stack([y, fitted]))[0, 1]
    eq("linear_regression-determination").holds({**samples, "R": correlation.abs()})


# Computing it


def test_conditioning(data):
    X = data[r"\mathbf{X}"]
    _, singular, Vh = torch.linalg.svd(X, full_matrices=False)
    decomposition = {r"\mathbf{V}": Vh.T, r"\boldsymbol{\Sigma}": torch.diag(singular)}
    eq("linear_regression-gram").holds({r"\mathbf{X}": X, **decomposition})
    eq("linear_regression-condition").holds(
        {r"\mathbf{X}": X, r"\kappa": torch.linalg.cond},
        equivalent={r"transpose: \mathbf{X} (2)": "a matrix and its transpose have the same singular values"},
    )


def test_qr(data):
    X, y = data[r"\mathbf{X}"], data[r"\mathbf{y}"]
    Q, R = torch.linalg.qr(X)
    bindings = {r"\mathbf{Q}": Q, r"\mathbf{R}": R, r"\mathbf{y}": y, r"\hat{\mathbf{w}}": least_squares(X, y)}
    eq("linear_regression-qr").holds(bindings)


def test_pseudo_inverse():
    rank, columns = 2, 3
    X, y = rand(N, rank) @ rand(rank, columns), rand(N)
    U, singular, Vh = torch.linalg.svd(X, full_matrices=False)
    kept = {
        r"\mathbf{U}": U[:, :rank],
        r"\boldsymbol{\Sigma}": torch.diag(singular[:rank]),
        r"\mathbf{V}": Vh[:rank].T,
        r"\mathbf{X}": X,
        r"\mathbf{X}^{+}": torch.linalg.pinv(X),
        r"\mathbf{y}": y,
    }
    eq("linear_regression-pinv").holds(kept)
    eq("linear_regression-pinv-solves").holds(kept)
    unseen = Vh[rank:].T @ rand(columns - rank)
    mutants = [rf"change sign {term}: \mathbf{{X}}^{{+}} \mathbf{{y}} + \mathbf{{n}}" for term in (1, 2)]
    equivalent = dict.fromkeys(mutants, "the two terms are orthogonal, so that their signs do not matter")
    eq("linear_regression-shortest").holds({**kept, r"\mathbf{n}": unseen}, equivalent=equivalent)


# One minimum, or a valley


def test_taylor(data):
    inputs, given = differentiable(data)
    eq("linear_regression-taylor").holds({**inputs, r"\boldsymbol{\delta}": rand(D)}, given=given)


def test_hessian(data):
    inputs, given = differentiable(data)
    eq("linear_regression-hessian").holds(inputs, given=given)
    dependent = torch.stack([ONES, 2 * ONES, data[r"\mathbf{X}"][:, 0]], dim=1)
    flat = torch.tensor([2.0, -1.0, 0.0], dtype=torch.float64)
    for X, v in ((data[r"\mathbf{X}"], rand(D)), (dependent, flat)):
        eq("linear_regression-semidefinite").holds({r"\mathbf{X}": X, r"\mathbf{v}": v, "N": N})


def test_step(data):
    X, w, y = data[r"\mathbf{X}"], data[r"\mathbf{w}"], data[r"\mathbf{y}"]
    leaf = w.clone().requires_grad_()
    (g,) = torch.autograd.grad(functional.mse_loss(X @ leaf, y), leaf)
    bindings = {**data, r"\mathbf{g}": g, r"\eta": 0.3}
    eq("linear_regression-step").holds(bindings)

    def loss(lr):
        return functional.mse_loss(X @ (w - lr * g), y)

    low, high = 0.0, 1.0  # bisection: the largest step that does not raise the loss
    while loss(high) < loss(0.0):
        high *= 2
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if loss(middle) < loss(0.0) else (low, middle)
    eq("linear_regression-step-bound").holds({**bindings, r"\eta_{\max}": low})


# The noise behind the squares


def test_gaussian(data):
    variance = rand().exp()
    normal = Normal(data[r"\mathbf{X}"] @ data[r"\mathbf{w}"], variance.sqrt())
    densities = normal.log_prob(data[r"\mathbf{y}"]).exp()
    rows = list(data[r"\mathbf{X}"])

    def p(y, x):
        found = [density for row, value, density in zip(rows, data[r"\mathbf{y}"], densities, strict=True)
                 if torch.equal(row, x) and torch.equal(value, y)]  # fmt: skip
        if not found:
            raise ValueError("no such sample")
        return found[0]

    common = {r"\mathbf{w}": data[r"\mathbf{w}"], r"\sigma": variance.sqrt(), "p": p}
    for row, y in zip(rows, data[r"\mathbf{y}"], strict=True):
        eq("linear_regression-gaussian").holds({**common, r"\mathbf{x}": row, "y": y})
    samples = {r"\mathbf{x}": rows, "y": list(data[r"\mathbf{y}"]), "N": N, r"\mathcal{L}": data[r"\mathcal{L}"]}
    eq("linear_regression-gaussian-nll").holds({**common, **samples})


def test_variance():
    constants = (r"drop factor 1: 2 \pi v", r"drop factor 2: 2 \pi v", "raise the numeral: 2 (2)")
    constants += (r"N in place of: \pi", r"\mathcal{L} in place of: \pi")
    eq("linear_regression-variance-slope").holds(
        {"v": rand().exp(), "N": N, r"\mathcal{L}": rand().exp()},
        equivalent=dict.fromkeys(constants, "a constant factor within a logarithm has no slope"),
    )


def test_laplace():
    for y, prediction in ((rand(), rand() + 4), (rand() + 4, rand())):  # below and above
        eq("linear_regression-laplace").holds({"y": y, r"\hat{y}": prediction, "s": rand().exp()})


# Categories


@pytest.fixture
def groups():
    """Samples of S categories with the means of their categories."""
    category = torch.tensor([0, 1, 2, 0, 1, 2, 2])
    x, y = rand(len(category)), rand(len(category)) + category
    by_category = [torch.stack([v[category == s].mean() for s in range(S)]) for v in (x, y)]
    means = {r"\bar{x}": x.mean(), r"\bar{y}": y.mean()}
    return category, x, y, by_category, means


def test_covariance_split(groups):
    category, x, y, (x_means, y_means), means = groups
    own = {r"\mu": x_means[category], r"\nu": y_means[category]}
    overall, within, between = r"{0}_i - \bar{{{0}}}", r"{0}_i - {1}_i", r"{1}_i - \bar{{{0}}}"
    mutants = [
        f"{change}: {deviation.format(v, mean)}"
        for v, mean in (("x", r"\mu"), ("y", r"\nu"))
        for deviation in (overall, within, between)
        for change in ("change sign 2", "drop term 2")
    ]
    for v, other in ("xy", "yx"):
        minus, swaps = (
            rf"drop minus: - \bar{{{v}}}",
            [rf"{name} in place of: \bar{{{v}}}" for name in ("N", rf"\bar{{{other}}}")],
        )
        mutants += [minus, f"{minus} (2)", *swaps, *(f"{swap} (2)" for swap in swaps)]
    mutants += [r"drop minus: - \mu_i", r"drop minus: - \nu_i", r"\nu in place of: \mu", r"\mu in place of: \nu"]
    mutants += [r"x in place of: \mu (2)", r"y in place of: \nu (2)"]
    reason = "one of two factors may be shifted within the groups: the other sums to 0 there"
    eq("linear_regression-covariance-split").holds(
        {"x": x, "y": y, **means, **own, "N": len(x)}, equivalent=dict.fromkeys(mutants, reason)
    )


def test_simpson(groups):
    category, x, y, (x_means, y_means), _ = groups
    dx, dy = x - x_means[category], y - y_means[category]
    Dx, Dy = x_means[category] - x.mean(), y_means[category] - y.mean()
    sums = {"C_W": dx @ dy, "C_B": Dx @ Dy, "V_W": dx @ dx, "V_B": Dx @ Dx}
    share = dx.square().mean() / x.var(correction=0)
    eq("linear_regression-simpson").holds({**sums, r"\lambda": share})
    slope = least_squares(torch.stack([torch.ones_like(x), x], dim=1), y)[1]
    torch.testing.assert_close((sums["C_W"] + sums["C_B"]) / (sums["V_W"] + sums["V_B"]), slope)


def test_indicators():
    biases, weights, x = rand(S), rand(S), rand()
    for category in range(S):
        prediction = torch.lerp(biases[category], biases[category] + weights[category], x)
        common = {"b": biases, "w": weights, "x": x, "S": S, r"\hat{y}": prediction}
        eq("linear_regression-indicator-model").holds(
            {**common, "s": category + 1},
            equivalent={"s in place of: S": "the terms after number s are 0"},
        )
        u = functional.one_hot(torch.tensor(category), S).double()
        eq("linear_regression-one-hot-model").holds({**common, "u": u})


def test_separate_losses(groups):
    category, x, y, _, _ = groups
    biases, weights = rand(S), rand(S)
    predictions = biases[category] + weights[category] * x
    bindings = {"b": biases, "w": weights, "x": x, "s": [int(c) + 1 for c in category], "N": len(x), "S": S}
    eq("linear_regression-separate").holds({**bindings, "y": list(y), r"\hat{y}": list(predictions)})


# Ten features


def test_standardise():
    X = rand(N, D)
    scaled = functional.layer_norm(X.T, (N,), eps=0.0).T
    means, deviations = X.mean(0), X.std(0, correction=0)
    for sample in range(N):
        bindings = {"x": X[sample], "z": scaled[sample], r"\bar{x}": means, "s": deviations}
        eq("linear_regression-standardise").holds(bindings, forall={"j": FEATURES})
