"""The equations of the chapter on regularisation, evaluated from their LaTeX, against torch, scipy and enumerations."""

import math
from itertools import product

import numpy as np
import pytest
import scipy.integrate
import scipy.optimize
import scipy.stats
import torch
from equations.draws import checker, rand
from torch.nn import functional as F

from dlnotes.book.equations import RandomVariable
from dlnotes.regularization import lasso

check = checker("regularization")

N, D = 7, 3
W, X_, Y_, A_ = r"\mathbf{w}", r"\mathbf{X}", r"\mathbf{y}", r"\mathbf{a}"
WEAKER = "true as well, and says less"


def uniform(low, high):
    return (low + (high - low) * torch.rand((), dtype=torch.float64)).item()


def eye(size):
    return torch.eye(size, dtype=torch.float64)


def least_squares(A, b):
    """A solver's solution of a tall or wide system, the shortest one."""
    return torch.linalg.lstsq(A, b[:, None], driver="gelsd").solution[:, 0]


def ridge_by_solver(X, y, penalty):
    """Ridge as plain least squares with invented rows."""
    d = X.shape[1]
    return least_squares(torch.cat([X, penalty**0.5 * eye(d)]), torch.cat([y, torch.zeros(d, dtype=torch.float64)]))


def minimiser(function, size, start=None):
    """By a quasi-Newton method with autograd."""
    w = (torch.zeros(size, dtype=torch.float64) if start is None else start.clone()).requires_grad_()
    optimizer = torch.optim.LBFGS(
        [w], max_iter=500, tolerance_grad=1e-13, tolerance_change=1e-16, line_search_fn="strong_wolfe"
    )

    def closure():
        optimizer.zero_grad()
        loss = function(w)
        loss.backward()
        return loss

    optimizer.step(closure)
    return w.detach()


def equally(outcomes):
    outcomes = list(outcomes)
    return RandomVariable(outcomes, [1 / len(outcomes)] * len(outcomes))


# Capacity


def test_polynomial():
    for x in (0.7, -1.3):
        w = rand(D + 1)
        f = np.polynomial.Polynomial(w.numpy())
        check("polynomial", {"f": lambda x, f=f: torch.tensor(f(float(x))), "w": dict(enumerate(w)), "x": x, "d": D})


def test_nested():
    x, noise = rand(N).numpy(), rand(N).numpy()
    losses = {d: np.polyfit(x, noise, d, full=True)[1].item() for d in (1, 2, 3)}
    weaker = ["shift index 1 by -1: \\mathcal{L}_{d+1}", "shift index 1 by +1: \\mathcal{L}_d", "drop term 2: d+1"]
    check("nested", {r"\mathcal{L}": losses}, forall={"d": [1, 2]}, equivalent=dict.fromkeys(weaker, WEAKER))
    for power in (1, 2):  # a further power is useless where the targets are a line plus what no power can fit
        both = np.vander(x, power + 2)
        orthogonal = noise - both @ np.linalg.lstsq(both, noise, rcond=None)[0]
        useless = {d: np.polyfit(x, orthogonal + x, d, full=True)[1].item() for d in (power, power + 1)}
        check("nested", {r"\mathcal{L}": useless}, forall={"d": [power]}, tight=1e-9)


# Bias and variance


def test_split():
    check("split", {r"\hat{f}": rand(), "f": rand(), r"\bar{f}": rand()})


def test_decomposition():
    """The variables are independent, so that their joint distribution is the product of both."""
    f, noise = rand(), 0.7
    values = rand(3)
    error = sum((value - f - sign * noise) ** 2 for value in values for sign in (-1, 1)) / 6
    names = {"f": f, r"\sigma": noise, r"\bar{f}": values.mean(), r"\hat{f}": equally(values)}
    check("decomposition", names | {"y": equally([f - noise, f + noise])})
    torch.testing.assert_close(error, (values - f).square().mean() + noise**2)


# Double descent


def test_measured_bias():
    values, f = rand(3), rand()
    for M in (2, 4):
        means = [torch.stack(drawn).mean() for drawn in product(values, repeat=M)]
        names = {r"\tilde{f}": equally(means), "f": f, r"\bar{f}": values.mean(), "v": values.var(correction=0), "M": M}
        check("measured-bias", names)


def test_shortest():
    X, y = rand(D, N), rand(D)
    shortest = least_squares(X, y)
    check("shortest", {r"\mathbf{w}_*": shortest, X_: X, Y_: y})
    other = shortest + (eye(N) - torch.linalg.pinv(X) @ X) @ rand(N)
    assert torch.allclose(X @ other, y)
    check("longer", {W: other, r"\mathbf{w}_*": shortest})


def test_amplified():
    for shape in ((N, D), (D, N)):
        X, sigma = rand(*shape), 1.3
        P = torch.linalg.pinv(X)
        variance = torch.trace(sigma**2 * P @ P.T)
        check("amplified", {"V": variance, r"\sigma": sigma, "r": D, "s": list(torch.linalg.svdvals(X))})


def test_peak():
    for n, p in ((9, 3), (3, 8), (7, 5)):
        large, small = max(n, p), min(n, p)
        inverse = scipy.stats.invwishart(df=large, scale=np.eye(small)).mean()
        sigma = 1.7
        check(
            "peak",
            {"V": RandomVariable([sigma**2 * np.trace(inverse)], [1.0]), r"\sigma": sigma, "N": n, "p": p},
            equivalent={r"swap arguments: \min(N, p)": "the minimum is symmetric"},
        )


# Splitting the data


def test_standard_error():
    for n in (5, 30):
        p = uniform(0.1, 0.4)
        check("standard-error", {"s": scipy.stats.binom(n, p).std() / n, "p": p, "n": n})


def test_winner():
    s, t = uniform(0.5, 1.5), uniform(0.5, 1.5)
    grid = np.linspace(-9 * s, 9 * s, 6001)
    weights = scipy.stats.norm(scale=s).pdf(grid) * (grid[1] - grid[0])
    normal = RandomVariable(list(torch.tensor(grid)), list(weights))
    check("moment", {"z": normal, "t": t, "s": s}, tolerance=1e-7)
    for M in (2, 5):
        best = scipy.optimize.minimize_scalar(
            lambda t, M=M: math.log(M) / t + t * s**2 / 2, bounds=(0.01, 50), method="bounded", options={"xatol": 1e-12}
        ).x
        check("winner", {"M": M, "s": s, "t_*": best}, tolerance=1e-6)
        maximum = scipy.integrate.quad(
            lambda z, M=M: M * z * scipy.stats.norm.pdf(z) * scipy.stats.norm.cdf(z) ** (M - 1), -9, 9
        )[0]
        assert 0 < s * maximum < s * math.sqrt(2 * math.log(M))


# More data


def test_errors_of_least_squares():
    X, sigma = rand(N, D), 1.3
    H = X @ torch.linalg.pinv(X)
    # one entry at a time, so that the covariance matrix is σ² times the identity
    noise = equally([sign * sigma * N**0.5 * row for row in eye(N) for sign in (-1, 1)])
    names = {r"\boldsymbol{\varepsilon}": noise, r"\mathbf{H}": H, r"\sigma": sigma, "N": N, "p": D}
    check("train-error", names | {r"\mathbf{I}": eye(N)})
    check("test-error", names)


# Penalties


def test_objective():
    X, y, w, penalty = rand(N, D), rand(N), rand(D), uniform(0.2, 2)

    def J(w):  # torch's own optimiser shows the gradient of the penalty, autograd that of the mean loss
        return F.mse_loss(X @ w, y) + penalty * torch.linalg.vector_norm(w, ord=1)

    names = {
        "J": J,
        r"\ell": {i + 1: lambda w, i=i: F.mse_loss(X[i] @ w, y[i]) for i in range(N)},
        "R": lambda w: F.l1_loss(w, torch.zeros_like(w), reduction="sum"),
        r"\lambda": penalty,
        "N": N,
        W: w,
    }
    check("objective", names)


def test_monotone():
    X, y = rand(N, D), rand(N)
    weaker = {
        r"\mu in place of: \lambda",
        r"\lambda in place of: \mu",
        r"\mathbf{w} _ {\mu} in place of: \mathbf{w}_\lambda",
        r"\mathbf{w} _ {\lambda} in place of: \mathbf{w}_\mu",
    }
    for low, high in ((0.1, 3.0), (5.0, 0.4)):
        solutions = {r"\mathbf{w}_\lambda": ridge_by_solver(X, y, low), r"\mathbf{w}_\mu": ridge_by_solver(X, y, high)}
        check("monotone", solutions | {"R": lambda w: w @ w, r"\lambda": low, r"\mu": high})
    same = ridge_by_solver(X, y, 2.0)
    names = {r"\mathbf{w}_\lambda": same, r"\mathbf{w}_\mu": same, "R": lambda w: w @ w, r"\lambda": 2.0, r"\mu": 2.0}
    check("monotone", names, tight=1e-9, equivalent=dict.fromkeys(weaker, "a factor is then 0: true, and says nothing"))


# Ridge


def test_ridge_objective():
    X, y, w, penalty = rand(N, D), rand(N), rand(D), uniform(0.2, 2)
    point = w.clone().requires_grad_()
    optimizer = torch.optim.SGD([point], lr=1.0, weight_decay=penalty)  # its step is the gradient
    loss = 0.5 * F.mse_loss(X @ point, y, reduction="sum")
    loss.backward()
    optimizer.step()
    names = {X_: X, Y_: y, W: w, r"\lambda": penalty}
    check("ridge-gradient", names, given=["regularization-ridge-objective"])
    check("ridge-gradient", names | {"J": "0", r"\nabla_{\mathbf{w}} J": w - point.detach()})
    extended = torch.cat([X, penalty**0.5 * eye(D)]) @ w - torch.cat([y, torch.zeros(D)])
    check("ridge-objective", names | {"J": 0.5 * extended.square().sum()})


def test_ridge():
    X, y, penalty = rand(N, D), rand(N), uniform(0.5, 3)
    solution = ridge_by_solver(X, y, penalty)
    U, s, Vh = torch.linalg.svd(X, full_matrices=False)
    parts = {r"\mathbf{u}": list(U.T), r"\mathbf{v}": list(Vh), "s": list(s), "d": D}
    names = {r"\mathbf{w}_\lambda": solution, X_: X, Y_: y, r"\lambda": penalty, r"\mathbf{I}": eye(D)}
    check("ridge", names)
    check("ridge-svd", names | parts)
    check("shrinkage", names | parts | {r"\hat{\mathbf{w}}": least_squares(X, y)}, forall={"i": [1, 2, 3]})
    check("degrees", names | parts)


def test_risk():
    X, w, penalty, sigma = rand(N, D), rand(D), uniform(0.5, 3), 1.3
    _, s, Vh = torch.linalg.svd(X, full_matrices=False)
    noises = [sign * sigma * N**0.5 * row for row in eye(N) for sign in (-1, 1)]
    errors = [(ridge_by_solver(X, X @ w + noise, penalty) - w).square().sum() for noise in noises]
    names = {"s": list(s), "c": list(Vh @ w), r"\lambda": penalty, r"\sigma": sigma, "d": D}
    check("risk", names | {"r": sum(errors) / len(errors)})
    check("risk-slope", names, given=["regularization-risk"])


def test_lipschitz():
    w, x = rand(D), rand(D)
    linear = {"f": lambda x: F.linear(x, w[None])[0], W: w, r"\mathbf{x}": x}
    check("lipschitz", linear | {r"\mathbf{x}'": rand(D)})
    for sign in (1, -1):
        check("lipschitz", linear | {r"\mathbf{x}'": x + 0.7 * sign * w}, tight=1e-9)


def test_slope():
    powers = torch.arange(1.0, D + 1, dtype=torch.float64)
    cases = [(rand(D), 0.6, None), (rand(D).abs(), 1.0, {1: 1e-9}), (-0.3 * powers, 1.0, 1e-9)]
    for w, x, tight in cases:

        def f(x, w=w):
            return 0.4 + w[0] * x + w[1] * x**2 + w[2] * x**3

        check("slope", {"f": f, "x": torch.tensor(x).double(), "w": list(w), W: w, "d": D}, tight=tight)


def test_network():
    W1, W2, W3 = rand(4, D), rand(5, 4), rand(2, 5)
    x = rand(D)

    def network(weights, activation):
        return lambda x: weights[2] @ activation(weights[1] @ activation(weights[0] @ x))

    for activation in (torch.relu, torch.tanh):
        names = {"f": network([W1, W2, W3], activation), r"\mathbf{W}": [W1, W2, W3], "L": 3}
        check("network", names | {r"\mathbf{x}": x, r"\mathbf{x}'": rand(D)})
    vectors = [F.normalize(rand(size).abs(), dim=0) for size in (D, 4, 5, 2)]
    others = [F.normalize(w - (w @ v) * v, dim=0) for v in vectors for w in [rand(len(v))]]  # orthogonal to the path
    aligned = [
        1.7 * torch.outer(vectors[i + 1], vectors[i]) + 0.6 * torch.outer(others[i + 1], others[i]) for i in range(3)
    ]
    names = {"f": network(aligned, torch.relu), r"\mathbf{W}": aligned, "L": 3}
    check("network", names | {r"\mathbf{x}": 2 * vectors[0], r"\mathbf{x}'": 0.5 * vectors[0]}, tight=1e-9)


def test_intercept():
    X, y, penalty = rand(N, D), rand(N) + 2, 1.3
    found = minimiser(
        lambda v: 0.5 * (X @ v[:D] + v[D] - y).square().sum() + 0.5 * penalty * v[:D].square().sum(), D + 1
    )
    names = {"b": found[D], W: found[:D], r"\bar{y}": y.mean(), r"\bar{\mathbf{x}}": X.mean(0)}
    check("intercept", names, tolerance=1e-6)


# Lasso


def test_soft_threshold():
    same = {
        r"swap arguments: \max(\lvert a \rvert - \lambda, 0)": "the maximum is symmetric",
        "w _ {*} in place of: a": "where the solution is not 0 it has the sign of a",
    }
    for value, penalty in ((1.7, 0.6), (-1.4, 0.5), (0.3, 0.8), (-0.2, 0.9)):
        a = torch.tensor(value, dtype=torch.float64)
        names = {"w_*": F.softshrink(a, penalty), "a": a, r"\lambda": penalty}
        check("soft-threshold", names, equivalent=same)


def test_orthonormal():
    X = torch.linalg.qr(rand(N, D)).Q
    check("orthonormal", {X_: X, Y_: rand(N), W: rand(D)})


def test_ista():
    X, y, penalty = rand(N, D), rand(N), 1.1
    lr = 0.9 / torch.linalg.matrix_norm(X, 2).item() ** 2
    point = rand(D)
    after = point.clone().requires_grad_()
    optimizer = torch.optim.SGD([after], lr=lr)
    (0.5 * F.mse_loss(X @ after, y, reduction="sum")).backward()
    optimizer.step()
    following = F.softshrink(after.detach(), lr * penalty)
    names = {X_: X, Y_: y, W: {1: point, 2: following}, r"\eta": lr, r"\lambda": penalty}
    soft = {r"\operatorname{soft}": lambda a, threshold: F.softshrink(a, float(threshold))}
    check("ista", names | soft, forall={"t": [1]})


def test_kkt():
    X, y = rand(N, D), rand(N)
    limit = (X.T @ y).abs().max()
    found = limit_by_search(X, y)
    order = (X.T @ y).abs().argsort()
    for columns in (X[:, order], X[:, order.flip(0)]):  # the largest comes last, and first
        for targets in (y, -y):
            names = {r"\lambda_{\max}": found, r"\mathbf{x}": list(columns.T), Y_: targets, "d": D}
            check("lambda-max", names, tolerance=1e-5)
    penalty = 0.9 * limit.item()
    for targets in (y, -y):
        w = lasso(X, targets, penalty, tol=1e-13)
        kept = [j + 1 for j in range(D) if w[j] != 0]
        assert 0 < len(kept) < D
        names = {X_: X, Y_: targets, W: w, r"\lambda": penalty, r"\mathbf{x}": list(X.T)}
        check("kkt", names, forall={"j": [1, 2, 3]}, tolerance=1e-8)
        check("kkt", names, forall={"j": kept}, tight=1e-6, tolerance=1e-8)


def limit_by_search(X, y):
    """The smallest penalty at which all weights are 0, by bisection."""
    low, high = 0.0, 100.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (low, middle) if not lasso(X, y, middle, tol=1e-10).any() else (middle, high)
    return high


def test_norm_gradients():
    w = rand(D)
    check("square-gradient", {W: w})
    check("norm-gradient", {W: w})


def test_block():
    a = rand(D)
    for share in (0.4, 1.6):
        penalty = share * a.norm().item()
        found = scipy.optimize.minimize(
            lambda w, penalty=penalty: 0.5 * np.sum((w - a.numpy()) ** 2) + penalty * np.linalg.norm(w),
            a.numpy() * 0.5, method="Nelder-Mead", options={"xatol": 1e-11, "fatol": 1e-16, "maxiter": 20000},
        ).x  # fmt: skip
        found = torch.tensor(found).double() if share < 1 else torch.zeros(D, dtype=torch.float64)
        swapped = r"swap arguments: \max(1 - \frac{\lambda}{\lVert \mathbf{a} \rVert}, 0)"
        check("block", {r"\mathbf{w}_*": found, A_: a, r"\lambda": penalty}, tolerance=1e-5,
              equivalent={swapped: "the maximum is symmetric"})  # fmt: skip


def test_p_norm():
    w = rand(D).abs() * torch.tensor([1.0, -1.0, 1.0], dtype=torch.float64)
    for p in (1.5, 3.0):
        check("p-norm", {"n_p": torch.linalg.vector_norm(w, ord=p), "w": w, "p": p, "d": D})


# Weight decay


def test_adam():
    for start in (1.3, -0.7):
        theta = torch.tensor([start], dtype=torch.float64, requires_grad=True)
        theta.grad = torch.zeros_like(theta)
        torch.optim.Adam([theta], lr=0.1, weight_decay=0.4, eps=0.2).step()
        names = {r"\theta": {0: torch.tensor(start).double(), 1: theta.detach()[0]}}
        check("adam-l2", names | {r"\eta": 0.1, r"\lambda": 0.4, r"\varepsilon": 0.2}, tolerance=1e-6)


def test_decoupled():
    start, decay, lr = rand(D), 0.4, 0.1
    first, second = (start.clone().requires_grad_() for _ in range(2))
    for point, optimizer in (
        (first, torch.optim.Adam([first], lr=lr)),
        (second, torch.optim.AdamW([second], lr=lr, weight_decay=decay)),
    ):
        point.grad = torch.tensor([0.3, -2.0, 1.0], dtype=torch.float64)
        optimizer.step()
    direction = (start - first.detach()) / lr
    names = {r"\boldsymbol{\theta}": {1: start, 2: second.detach()}, r"\mathbf{d}": {1: direction}}
    check("decoupled", names | {r"\eta": lr, r"\lambda": decay}, forall={"t": [1]})


# A prior


def test_posterior():
    X, y, sigma, tau = rand(N, D), rand(N), 0.7, 1.6
    zero = torch.zeros(D, dtype=torch.float64)

    def q(w):
        noise, prior = torch.distributions.Normal(X @ w, sigma), torch.distributions.Normal(zero, tau)
        return -noise.log_prob(y).sum() - prior.log_prob(w).sum()

    constant = q(zero) - (y @ y) / (2 * sigma**2)
    names = {X_: X, Y_: y, r"\sigma": sigma, r"\tau": tau}
    check("posterior", names | {"q": q, W: rand(D), "c": constant})
    mode = minimiser(q, D)
    penalty = scipy.optimize.minimize_scalar(
        lambda log: float((ridge_by_solver(X, y, math.exp(log)) - mode).norm()), bounds=(-6, 4), method="bounded",
        options={"xatol": 1e-12},
    ).x  # fmt: skip
    check("map", {r"\lambda": math.exp(penalty), r"\sigma": sigma, r"\tau": tau}, tolerance=1e-5)
    hessian = torch.func.hessian(q)(zero)
    covariance = {
        r"\boldsymbol{\Sigma}": torch.linalg.inv(hessian),
        r"\lambda": sigma**2 / tau**2,
        r"\mathbf{I}": eye(D),
    }
    check("covariance", names | covariance)


def test_laplace():
    density = torch.distributions.Laplace(torch.tensor(0.0, dtype=torch.float64), 0.8)
    for w in (0.7, -1.4):
        names = {r"\pi": lambda w: density.log_prob(w).exp(), "w": torch.tensor(w).double(), "b": 0.8}
        check("laplace", names)


# Early stopping


def test_stopped():
    X, y = rand(N, D), rand(N)
    _, s, Vh = torch.linalg.svd(X, full_matrices=False)
    lr = 0.7 / s[0].item() ** 2
    w, points = torch.zeros(D, dtype=torch.float64, requires_grad=True), {}
    optimizer = torch.optim.SGD([w], lr=lr)
    for t in range(1, 5):
        optimizer.zero_grad()
        (0.5 * F.mse_loss(X @ w, y, reduction="sum")).backward()
        optimizer.step()
        points[t] = w.detach().clone()
    names = {W: points, r"\mathbf{v}": list(Vh), "s": list(s), r"\eta": lr, r"\hat{\mathbf{w}}": least_squares(X, y)}
    check("stopped", names, forall={"i": [1, 2, 3], "t": [1, 2, 4]})


def test_time():
    lr, t, s = 1e-6, 700, 0.01  # where both factors are small, they agree to first order
    descent = 1 - (1 - lr * s**2) ** t
    matching = scipy.optimize.brentq(lambda penalty: s**2 / (s**2 + penalty) - descent, 1e-3, 1e9)
    check("time", {r"\lambda": matching, r"\eta": lr, "t": t}, tolerance=1e-5)


def test_stopping_bound():
    for u in (0.3, 4.0):
        check("stopping-bound", {"u": u})
    check("stopping-bound", {"u": 1e-6}, tight=1e-5)
    check("stopping-bound", {"u": 60.0}, tight=0.02)


# Dropout


def masked(h, p):
    """All outcomes of dropout, with their probabilities."""
    outcomes = [torch.tensor(mask, dtype=torch.float64) for mask in product((0.0, 1.0), repeat=len(h))]
    weights = [p ** (len(h) - mask.sum().item()) * (1 - p) ** mask.sum().item() for mask in outcomes]
    return RandomVariable([mask * h / (1 - p) for mask in outcomes], weights)


def test_dropout():
    h, p = rand(20), 0.4
    dropped = F.dropout(h, p)
    mask = (dropped != 0).double()
    check("dropout", {r"\tilde{\mathbf{h}}": dropped, r"\mathbf{m}": mask, r"\mathbf{h}": h, "p": p})
    for p in (0.3, 0.6):
        names = {"h": h[0], "p": p, r"\tilde{h}": RandomVariable([h[0] / (1 - p), 0 * h[0]], [1 - p, p])}
        check("dropout-mean", names)
        check("dropout-variance", names)


def test_dropout_ridge():
    x, w, y, p = rand(D), rand(D), rand(), 0.3
    names = {r"\tilde{\mathbf{x}}": masked(x, p), r"\mathbf{x}": x, "x": x, W: w, "w": w, "y": y, "p": p, "d": D}
    check("dropout-ridge", names)


def test_geometric():
    n, K = 3, 4
    weight, bias, x = rand(K, n), rand(K), rand(n)
    inputs = [2 * torch.tensor(mask, dtype=torch.float64) * x for mask in product((0.0, 1.0), repeat=n)]
    logits = [F.linear(masked_input, weight, bias) for masked_input in inputs]
    subnets = [torch.softmax(z, 0) for z in logits]
    g = torch.tensor(scipy.stats.gmean(torch.stack(subnets).numpy(), axis=0))
    z = F.linear(x, weight, bias)
    classes = {"k": range(1, K + 1)}
    check("geometric", {"g": g, "a": subnets, "M": len(subnets)}, forall=classes)
    both = {"g": g, "z": z, "K": K}
    check("geometric-log", both | {r"\tilde{z}": logits, "M": len(logits)}, forall=classes)
    check("weight-scaling", both, forall=classes)


def test_noisy_logits():
    lse = {r"\operatorname{lse}": lambda z: torch.logsumexp(z, 0)}
    z = rand(D)
    check("noisy-logits", lse | {r"\tilde{\mathbf{z}}": masked(z, 0.4), r"\mathbf{z}": z})
    check("noisy-logits", lse | {r"\tilde{\mathbf{z}}": equally([z, z]), r"\mathbf{z}": z}, tight=1e-9)


# Augmentation


def quarter_turns(size):
    """The four rotations of a square image as permutation matrices of its pixels."""
    pixels = torch.arange(size * size).view(size, size)
    return [eye(size * size)[torch.rot90(pixels, k).flatten()] for k in range(4)]


def test_orbit():
    turns, x, weight = quarter_turns(3), rand(9), rand(2, 9)

    def f(x):
        return torch.tanh(weight @ x).sum()

    def averaged(x):
        image = x.view(3, 3)
        return torch.stack([f(torch.rot90(image, k).flatten()) for k in range(4)]).mean()

    names = {r"\bar{f}": averaged, r"\mathbf{T}": turns, r"\mathbf{x}": x}
    check("orbit", names | {"f": f, "G": 4})
    same = {
        r"transpose: \mathbf{T}_h": "the inverse of a member is a member",
        r"drop factor 1: \mathbf{T}_h \mathbf{x}": "both sides are then the same: it says nothing",
    }
    check("invariance", names, forall={"h": [1, 2, 3, 4]}, equivalent=same)
    assert f(turns[1] @ x) != pytest.approx(f(x).item())


# Ensembles


def test_ensemble():
    for M, rho, sigma in ((4, 0.3, 1.7), (6, 0.8, 0.6)):
        covariance = sigma**2 * (rho * torch.ones(M, M, dtype=torch.float64) + (1 - rho) * eye(M))
        draw = torch.linalg.cholesky(covariance)
        outcomes = [sign * M**0.5 * draw[:, j].mean() for j in range(M) for sign in (-1, 1)]
        variance = sum(value**2 for value in outcomes) / len(outcomes)
        check("ensemble", {"v": variance, "M": M, r"\rho": rho, r"\sigma": sigma})


def test_ambiguity():
    members, y = rand(5), rand()
    names = {"f": list(members), r"\bar{f}": members.mean(), "y": y, "M": 5}
    check("ambiguity", names)


def test_ensemble_nll():
    a = torch.rand(5, dtype=torch.float64)
    check("ensemble-nll", {"a": a, "M": 5})
    check("ensemble-nll", {"a": torch.full((5,), 0.3, dtype=torch.float64), "M": 5}, tight=1e-9)


def test_bootstrap():
    for n in (3, 4):
        held = [0 in draws for draws in product(range(n), repeat=n)]
        check("bootstrap", {"P": sum(held) / len(held), "N": n})
