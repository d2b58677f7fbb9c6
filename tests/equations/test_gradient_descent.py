"""The equations of the chapter on gradient descent, evaluated from their LaTeX, against torch and simulations."""

import math
from itertools import combinations, permutations, product

import numpy as np
import pytest
import scipy.integrate
import scipy.optimize
import torch
from equations.draws import checker, rand, uniform
from torch.nn import functional as F
from torch.optim.lr_scheduler import CosineAnnealingLR, LinearLR, StepLR

from dlnotes.book.equations import RandomVariable, eq
from dlnotes.gradient_descent import backtracking

check = checker("gradient_descent")

N, D = 5, 3
THETA, NABLA = r"\boldsymbol{\theta}", r"\nabla f"
WEAKER = "true as well, and says less"


def positive_definite(size=D):
    factor = rand(size, size)
    return factor @ factor.T + 0.3 * torch.eye(size, dtype=torch.float64)


def gradient(f):
    """Gradient by autograd, as a function."""
    return torch.func.grad(f)


def sgd(f, start, lr, steps, **options):
    """Points of torch's own gradient descent, as a family from 0."""
    point = start.clone().requires_grad_()
    optimizer = torch.optim.SGD([point], lr=float(lr), **options)
    points = {0: start}
    for t in range(1, steps + 1):
        optimizer.zero_grad()
        f(point).backward()
        optimizer.step()
        points[t] = point.detach().clone()
    return points


class Quadratic:
    """A random convex quadratic: Hessian, minimum, its value, and the function."""

    def __init__(self, size=D):
        self.hessian, self.centre, self.lowest = positive_definite(size), rand(size), rand()
        self.eigenvalues, vectors = torch.linalg.eigh(self.hessian)
        self.vectors = list(vectors.T)

    def __call__(self, theta):
        return self.lowest + 0.5 * torch.einsum("i,ij,j", theta - self.centre, self.hessian, theta - self.centre)

    def names(self):
        return {"f": self, NABLA: gradient(self), "f_*": self.lowest, r"\mathbf{H}": self.hessian}


# The direction of steepest descent


def test_line():
    x, y, b, w = rand(N), rand(N), rand(), rand()
    line = {"x": list(x), "y": list(y), "b": b, "w": w, "N": N}
    check("loss", line | {r"\mathcal{L}": 0.5 * F.mse_loss(b + w * x, y)})
    check("partials", line, given=["gradient_descent-loss"])
    X = torch.stack([torch.ones(N, dtype=torch.float64), x], dim=1)
    check(
        "gradient",
        {
            r"\mathbf{X}": X,
            r"\mathbf{y}": y,
            THETA: torch.stack([b, w]),
            "N": N,
            r"\mathcal{L}": r"\operatorname{mse}(\boldsymbol{\theta})",
            r"\operatorname{mse}": lambda theta: 0.5 * F.mse_loss(X @ theta, y),
        },
    )


def test_directional():
    A = rand(D, D)

    def f(theta):
        return torch.logsumexp(A @ theta, 0)

    check("directional", {"f": f, NABLA: gradient(f), THETA: rand(D), r"\mathbf{u}": rand(D), "s": rand()})


def test_steepest():
    g = rand(D)
    check("steepest", {r"\mathbf{u}": rand(D), r"\mathbf{g}": g})
    for factor in (1.7, -0.4):
        check("steepest", {r"\mathbf{u}": factor * g, r"\mathbf{g}": g}, tight=1e-12)


def test_step():
    A = rand(D, D)

    def f(theta):
        return torch.logsumexp(A @ theta, 0)

    points = sgd(f, rand(D), 0.3, 3)
    check("step", {NABLA: gradient(f), THETA: points, r"\eta": 0.3}, forall={"t": [0, 1, 2]})


def test_parabola():
    for lr in (0.1, 0.9, 1.3):
        points = sgd(lambda w: w**2, rand(), lr, 4)
        check("parabola", {"w": points, r"\eta": lr}, forall={"t": [1, 2, 3, 4]})


# When a step goes down


def test_smooth():
    f, q = Quadratic(), rand(D)
    bindings = {NABLA: gradient(f), r"\mathbf{q}": q, "L": f.eigenvalues[-1]}
    check("smooth", bindings | {r"\mathbf{p}": rand(D)})
    check("smooth", bindings | {r"\mathbf{p}": q + 1.3 * f.vectors[-1]}, tight=1e-9)


def test_remainder():
    eq("gradient_descent-remainder").by_program(en="the evaluator has no integrals", zh="求值器不支持积分")
    A, theta, d = rand(D, D), rand(D), rand(D)

    def f(theta):
        return torch.logsumexp(A @ theta, 0)

    slope = gradient(f)
    left = f(theta + d) - f(theta) - d @ slope(theta)
    right, _ = scipy.integrate.quad(lambda s: float(d @ (slope(theta + s * d) - slope(theta))), 0, 1, epsabs=1e-13)
    assert float(left) == pytest.approx(right, rel=1e-9)


def test_parabola_above():
    f, theta = Quadratic(), rand(D)
    bindings = {"f": f, NABLA: gradient(f), THETA: theta, "L": f.eigenvalues[-1]}
    check("parabola-above", bindings | {r"\mathbf{d}": rand(D)})
    for length in (0.7, -1.9):
        check("parabola-above", bindings | {r"\mathbf{d}": length * f.vectors[-1]}, tight=1e-9)


def test_lemma():
    f = Quadratic()
    for theta, tight in ((rand(D), None), (f.centre + 0.8 * f.vectors[-1], 1e-9)):
        for lr in (0.1, 0.4):
            bindings = {"f": f, THETA: theta, r"\mathbf{g}": gradient(f)(theta), "L": f.eigenvalues[-1], r"\eta": lr}
            check("lemma", bindings, tight=tight)


def test_stationary():
    f = Quadratic()
    L = f.eigenvalues[-1]
    cases = [(rand(D), 4, None), (f.centre + 0.8 * f.vectors[-1], 1, 1e-9)]  # the bound is reached by a single step
    for start, steps, tight in cases:
        points = sgd(f, start, 1 / L, steps)
        bindings = {"f": f, "f_*": f.lowest, THETA: points, "L": L, "T": steps}
        check(
            "stationary",
            bindings | {r"\mathbf{g}": {t: gradient(f)(p) for t, p in points.items()}},
            tight=tight,
            equivalent=dict.fromkeys(["drop term 2: T-1 (2)", r"drop right operand: \frac{2 L}{T}"], WEAKER),
        )


def test_armijo():
    f, theta = Quadratic(), rand(D)
    g = gradient(f)(theta)
    accepted = backtracking(f, theta, lr=4.0, decrease=0.3)
    bindings = {"f": f, THETA: theta, r"\mathbf{g}": g}
    check("armijo", bindings | {r"\eta": accepted, "c": 0.3})
    share = (f(theta) - f(theta - 0.1 * g)) / (0.1 * g @ g)  # the largest that this step passes with
    check("armijo", bindings | {r"\eta": 0.1, "c": share}, tight=1e-9)


# The rate on a quadratic


def test_quadratic():
    A, b = rand(7, D), rand(7)  # least squares, whose minimum a solver finds
    centre = torch.linalg.lstsq(A, b[:, None]).solution[:, 0]

    def f(theta):
        return 0.5 * (A @ theta - b).square().sum()

    bindings = {"f": f, "f_*": f(centre), THETA: rand(D), r"\boldsymbol{\theta}_*": centre}
    check("quadratic", bindings | {r"\mathbf{H}": torch.func.hessian(f)(rand(D))})


def test_error():
    f, lr = Quadratic(), 0.2
    errors = {t: p - f.centre for t, p in sgd(f, rand(D), lr, 3).items()}
    bindings = {r"\mathbf{e}": errors, r"\mathbf{H}": f.hessian, r"\eta": lr, r"\mathbf{I}": torch.eye(D).double()}
    check("error", bindings, forall={"t": [0, 1, 2]})


def test_modes():
    f, lr = Quadratic(), 0.2
    points = sgd(f, rand(D), lr, 3)
    errors = {t: p - f.centre for t, p in points.items()}
    bindings = {r"\mathbf{e}": errors, r"\mathbf{q}": f.vectors, r"\lambda": f.eigenvalues, r"\eta": lr}
    check("modes", bindings, forall={"i": [1, 2, 3], "t": [1, 2, 3]})
    check("loss-modes", bindings | {"f": f, "f_*": f.lowest, THETA: points, "d": D}, forall={"t": [1, 2, 3]})


def spectrum(f):
    return {r"\lambda": f.eigenvalues, r"\lambda_{\min}": f.eigenvalues[0], r"\lambda_{\max}": f.eigenvalues[-1]}


def test_rate():
    f = Quadratic()
    for lr in (0.1, 1.7):
        norm = torch.linalg.matrix_norm(torch.eye(D, dtype=torch.float64) - lr * f.hessian, 2)
        swapped = r"swap arguments: \max(1 - \eta \lambda_{\min}, \eta \lambda_{\max} - 1)"
        names = {r"\rho": norm, r"\eta": lr, "d": D}
        check("rate", spectrum(f) | names, equivalent={swapped: "the maximum is symmetric"})


def test_best_step():
    f = Quadratic()
    low, high = f.eigenvalues[0].item(), f.eigenvalues[-1].item()

    def excess(lr):
        """By how much the stiffest component shrinks less than the softest one."""
        points = [sgd(f, f.centre + q, lr, 1)[1] - f.centre for q in (f.vectors[-1], f.vectors[0])]
        return float(points[0].norm() - points[1].norm())

    best = scipy.optimize.brentq(excess, 1 / high, 2 / high, xtol=1e-15)
    ends = {r"\lambda_{\min}": low, r"\lambda_{\max}": high}
    kappa = torch.linalg.cond(f.hessian)
    check("best-step", ends | {r"\eta_*": best}, tolerance=1e-8)
    check("condition", ends | {r"\kappa": kappa}, tolerance=1e-8)
    check("best-rate", ends | {r"\eta_*": best, r"\kappa": kappa}, tolerance=1e-7)


def test_steps():
    check("steps", {r"\kappa": uniform(2, 4), r"\varepsilon": uniform(0.1, 0.5)})
    check("steps", {r"\kappa": uniform(3e3, 5e3), r"\varepsilon": uniform(0.1, 0.5)}, tight=1e-6)
    kappa, target = 7.0, 1e-3  # the left side is the number of steps
    points = sgd(lambda e: 0.5 * (e[0] ** 2 + kappa * e[1] ** 2), torch.ones(2).double(), 2 / (1 + kappa), 60)
    needed = next(t for t, p in points.items() if p.norm() <= target * points[0].norm())
    assert needed == math.ceil(math.log(1 / target) / math.log((kappa + 1) / (kappa - 1)))


def test_taylor():
    f, theta, lr = Quadratic(), rand(D), 0.3
    g = gradient(f)(theta)
    bindings = {r"\mathbf{g}": g, r"\mathbf{H}": f.hessian}
    check("taylor", bindings | {"f": f, THETA: theta, r"\eta": lr, r"\Delta f": f(theta - lr * g) - f(theta)})
    unit = g / g.norm()
    curvature = torch.func.grad(torch.func.grad(lambda s: f(theta + s * unit)))(rand())
    check("rayleigh", bindings | {"r": curvature})
    best = scipy.optimize.minimize_scalar(lambda lr: float(f(theta - lr * g)), bracket=(0.0, 1.0), tol=1e-12).x
    check("exact", bindings | {"r": 1 / best}, tolerance=1e-6)


def test_polyak():
    f = Quadratic()
    bindings = f.names() | {r"\mu": f.eigenvalues[0]}
    check("polyak", bindings | {THETA: rand(D)})
    check("polyak", bindings | {THETA: f.centre + 1.4 * f.vectors[0]}, tight=1e-9)


def test_polyak_rate():
    for lowest in (-40.0, 30.0):
        f = Quadratic()
        f.lowest = lowest
        ends = {r"\mu": f.eigenvalues[0], "L": f.eigenvalues[-1]}
        points = sgd(f, rand(D), 1 / f.eigenvalues[-1], 2)
        check("polyak-rate", f.names() | ends | {THETA: points}, forall={"t": [0, 1]})
    f = Quadratic()
    f.hessian = 2.3 * torch.eye(D, dtype=torch.float64)  # the bound is reached where all curvatures are equal
    points = sgd(f, rand(D), 1 / 2.3, 1)
    check("polyak-rate", f.names() | {r"\mu": 2.3, "L": 2.3, THETA: points}, forall={"t": [0]}, tight=1e-9)


# Scaling the features


def mean_square_error(X, y):
    return lambda theta: 0.5 * F.mse_loss(X @ theta, y)


def test_hessians():
    X, y, theta = rand(N, D), rand(N), rand(D)
    check(
        "least-squares",
        {r"\mathbf{X}": X, "N": N, r"\mathbf{H}": torch.func.hessian(mean_square_error(X, y))(theta)},
    )
    x = rand(N) + 2
    line = torch.stack([torch.ones(N, dtype=torch.float64), x], dim=1)
    hessian = torch.func.hessian(mean_square_error(line, y))(rand(2))
    s, m = torch.std_mean(x, correction=0)
    check("two-by-two", {r"\mathbf{H}": hessian, "m": m, "s": s})
    check("line-condition", {r"\kappa": torch.linalg.cond(hessian), r"\tau": torch.trace(hessian), "s": s})


def test_standardised():
    X = rand(N, D) * torch.tensor([1.0, 20.0, 0.3]) + 2
    s, m = torch.std_mean(X, dim=0, correction=0)
    scaled = F.layer_norm(X.T, (N,), eps=0.0).T
    indices = {"i": range(1, N + 1), "j": range(1, D + 1)}
    check("standardised", {r"\tilde{x}": list(scaled), "x": list(X), "m": m, "s": s}, forall=indices)


def test_rescaled():
    X, y, C = rand(N, D), rand(N), torch.diag(rand(D))
    theta_scaled, lr = rand(D), 0.2
    plain, scaled = mean_square_error(X, y), mean_square_error(X @ C, y)
    hessians = {
        r"\mathbf{H}": torch.func.hessian(plain)(theta_scaled),
        r"\tilde{\mathbf{H}}": torch.func.hessian(scaled)(theta_scaled),
    }
    check("rescaled", hessians | {r"\mathbf{C}": C})
    theta = C @ theta_scaled
    gradients = {r"\mathbf{g}": gradient(plain)(theta), r"\tilde{\mathbf{g}}": gradient(scaled)(theta_scaled)}
    check("invariance", hessians | gradients | {r"\mathbf{C}": C})
    after = C @ sgd(scaled, theta_scaled, lr, 1)[1]
    points = {THETA: {1: theta, 2: after}, r"\tilde{\boldsymbol{\theta}}": {1: theta_scaled}}
    check("preconditioned", gradients | points | {r"\mathbf{C}": C, r"\eta": lr}, forall={"t": [1]})


def test_newton():
    f, theta = Quadratic(), rand(D)
    bindings = {r"\mathbf{d}": f.centre - theta, r"\mathbf{H}": f.hessian, r"\mathbf{g}": gradient(f)(theta)}
    check("newton", bindings)


# Landscapes


def double_well(w):
    """By its coefficients, from the highest power."""
    result = torch.zeros_like(w)
    for coefficient in (0.25, 0.0, -0.5, 0.1, 0.25):
        result = result * w + coefficient
    return result


def test_double_well():
    for _ in range(3):
        check("double-well", {"f": double_well, "w": rand()})
        check("well-curvature", {"f": double_well, "w": rand()})


def test_symmetries():
    """Of all ways to exchange hidden units and to change their signs, those that leave the function as it is."""
    for n in (2, 3):
        W, v, x = rand(n, 4), rand(n), rand(4, 6)
        output = v @ torch.tanh(W @ x)
        equal = 0
        for order, signs in product(permutations(range(n)), product((1.0, -1.0), repeat=n)):
            signs = torch.tensor(signs, dtype=torch.float64)
            other = (signs * v[list(order)]) @ torch.tanh(signs[:, None] * W[list(order)] @ x)
            equal += int(torch.allclose(other, output))
        check("symmetries", {"S": equal, "n": n}, equivalent={"raise the numeral: 1": "the factor left out is 1"})


def test_saddle():
    lr = 0.15
    points = sgd(lambda p: p[0] ** 2 - p[1] ** 2, rand(2), lr, 4)
    x, y = ({t: p[i] for t, p in points.items()} for i in (0, 1))
    check("saddle", {"x": x, "y": y, r"\eta": lr}, forall={"t": [1, 2, 3, 4]})
    for sign in (1, -1):
        end = sign * torch.ones((), dtype=torch.float64)
        back = end
        for _ in range(6):  # six steps before it had the size 1
            back = back / (1 + 2 * lr)
        check("escape", {"t": 6, "y": {0: back}, r"\eta": lr})
        assert sgd(lambda y: -(y**2), back, lr, 6)[6] == pytest.approx(end)


def test_autoencoder():
    covariance = positive_definite(4)
    eigenvalues, vectors = torch.linalg.eigh(covariance)
    for chosen in combinations(range(4), 2):
        basis = vectors[:, list(chosen)]

        def loss(layers, shape=basis.T.shape):
            encoder, decoder = layers.view(2, *shape)
            residual = torch.eye(4, dtype=torch.float64) - decoder.T @ encoder
            return 0.5 * (residual @ covariance @ residual.T).trace()

        point = torch.cat([basis.T, basis.T]).flatten()
        assert gradient(loss)(point).abs().max() < 1e-10
        negative = int((torch.linalg.eigvalsh(torch.func.hessian(loss)(point)) < -1e-9).sum())
        assert (negative == 0) == (chosen == (2, 3))  # a minimum only for the two largest
        inside = torch.tensor([float(i in chosen) for i in range(4)], dtype=torch.float64)
        check("autoencoder", {r"\mathcal{L}": loss(point), r"\lambda": eigenvalues, "s": inside, "d": 4})


def test_energy():
    H, start, tau = positive_definite(), rand(D), uniform(0.2, 1)

    def energy(theta):
        return 0.5 * theta @ H @ theta

    flow = {
        "E": energy,
        r"\nabla E": gradient(energy),
        THETA: lambda tau: torch.linalg.matrix_exp(-H * tau) @ start,
        r"\tau": tau,
    }
    check("flow", flow)
    check("dissipation", flow)


def test_inertia():
    """The acceleration and the change of the energy are differences along a trajectory of scipy's."""
    H, gamma = positive_definite(), 0.7

    def energy(theta):
        return 0.5 * theta @ H @ theta

    theta, v = rand(D), rand(D)

    def motion(_, state):
        position, velocity = np.split(state, 2)
        return np.concatenate([velocity, -H.numpy() @ position - gamma * velocity])

    times = [0.0, 1e-3, 2e-3]
    start = np.concatenate([theta, v])
    path = scipy.integrate.solve_ivp(motion, (0, 3e-3), start, t_eval=times, rtol=1e-12, atol=1e-14).y.T
    middle = torch.from_numpy(path[1])
    before, _, after = (energy(torch.from_numpy(s[:D])) + 0.5 * float(s[D:] @ s[D:]) for s in path)
    bindings = {
        THETA: middle[:D],
        r"\mathbf{v}": middle[D:],
        r"\dot{\mathbf{v}}": torch.from_numpy(path[2, D:] - path[0, D:]) / 2e-3,
        r"\dot{\mathcal{E}}": (after - before) / 2e-3,
        r"\nabla E": gradient(energy),
        r"\gamma": gamma,
    }
    check("inertia", bindings, tolerance=1e-4)


# Cliffs and clipping


def test_clipping():
    g = rand(D)
    for c in (0.4 * g.norm(), 2.5 * g.norm()):
        clipped = F.normalize(g, dim=0) * min(c, g.norm())
        check(
            "clip-norm",
            {r"\tilde{\mathbf{g}}": clipped, r"\mathbf{g}": g, "c": c},
            equivalent={r"swap arguments: \min(1, \frac{c}{\lVert \mathbf{g} \rVert})": "the minimum is symmetric"},
        )
    g = torch.tensor([-2.0, -0.3, 0.4, 1.7], dtype=torch.float64) + 0.1 * rand(4)
    check(
        "clip-value",
        {r"\tilde{g}": g.clamp(-1.1, 1.1), "g": g, "c": 1.1},
        forall={"j": [1, 2, 3, 4]},
        equivalent={
            r"swap arguments: \max(-c, \min(c, g_j))": "the maximum is symmetric",
            r"swap arguments: \min(c, g_j)": "the minimum is symmetric",
            r"\tilde{g} in place of: g": "clipping again changes nothing",
        },
    )


def test_recurrent():
    u, w = rand(), uniform(0.8, 1.2)
    states = {1: u}
    for t in range(1, 9):
        states[t + 1] = w * states[t]
    check("recurrent", {"h": states, "u": u, "w": w}, forall={"T": [4, 9]})
    check("recurrent-gradient", {"u": u, "w": w}, given=["gradient_descent-recurrent"], forall={"T": [4, 9]})


def test_powers():
    vectors, values, x = rand(D, D), torch.diag(rand(D)), rand(D)
    W = torch.linalg.solve(vectors, vectors @ values, left=False)
    bindings = {r"\mathbf{W}": W, r"\mathbf{V}": vectors, r"\boldsymbol{\Lambda}": values, r"\mathbf{x}": x}
    check("powers", bindings, forall={"t": [2, 5]})


def test_random_layer():
    """All matrices of signs, each equally likely: mean 0, and the variance that is asked for."""
    n, s = 2, 1.3
    outcomes = [s / n**0.5 * torch.tensor(signs).view(n, n).double() for signs in product((-1.0, 1.0), repeat=n * n)]
    x = rand(n)
    layer = RandomVariable(outcomes, [1 / len(outcomes)] * len(outcomes))
    check("random-layer", {r"\mathbf{W}": layer, r"\mathbf{x}": x, "x": x, "n": n, "s": s})


# A few samples at a time


def sample_gradients():
    """Of the squared errors of random data, one a sample, and that of their mean."""
    X, y, theta = rand(N, D), rand(N), rand(D)
    rows = [gradient(lambda theta, i=i: 0.5 * (X[i] @ theta - y[i]) ** 2)(theta) for i in range(N)]
    return rows, gradient(mean_square_error(X, y))(theta)


def test_minibatch():
    rows, full = sample_gradients()
    check("mean-gradient", {r"\nabla \mathcal{L}": full, r"\mathbf{g}": rows, "N": N})
    chosen = {1: 4, 2: 2, 3: 4}
    mean = torch.stack([rows[i - 1] for i in chosen.values()]).mean(0)
    check("minibatch", {r"\hat{\mathbf{g}}": mean, r"\mathbf{g}": rows, "i": chosen, "B": 3})


def draws(rows, batch, replacement):
    """The minibatch gradient as a random variable, and the mean product of two of its deviations."""
    indices = list(product(range(N), repeat=batch) if replacement else permutations(range(N), batch))
    full = torch.stack(rows).mean(0)
    means = [torch.stack([rows[i] for i in chosen]).mean(0) for chosen in indices]
    mixed = sum((rows[a] - full) @ (rows[b] - full) for a, b, *_ in indices) / len(indices)
    return RandomVariable(means, [1 / len(indices)] * len(indices)), mixed


def test_noise():
    rows, full = sample_gradients()
    deviations = torch.stack(rows) - full
    variance = deviations.var(dim=0, correction=0).sum()
    check("sample-variance", {r"\mathbf{d}": list(deviations), "N": N, r"\sigma": variance.sqrt()})
    for batch, replacement in ((2, True), (3, True), (2, False), (3, False)):
        sampled, mixed = draws(rows, batch, replacement)
        names = {r"\hat{\mathbf{g}}": sampled, r"\mathbf{g}": full, "B": batch, r"\sigma": variance.sqrt(), "m": mixed}
        check("unbiased", {r"\hat{\mathbf{g}}": sampled, r"\mathbf{g}": full})
        check("pairs", names)
        exact = sum((mean - full) @ (mean - full) for mean in sampled.outcomes) / len(sampled.outcomes)
        sigma = {r"\sigma": variance.sqrt(), "B": batch, "N": N}
        if replacement:
            check("variance-with", sigma)
            assert exact == pytest.approx(variance / batch)
        else:
            bindings = {"m": mixed, r"\mathbf{d}": list(deviations), "N": N, r"\sigma": variance.sqrt()}
            total = r"\lVert \sum_{i=1}^{N} \mathbf{d}^{(i)} \rVert^2"
            squares = r"\sum_{i=1}^{N} \lVert \mathbf{d}^{(i)} \rVert^2"
            mutants = (
                f"change sign 1: {total} - {squares}",
                f"drop term 1: {total} - {squares}",
                f"drop exponent: {total}",
                r"transpose: \mathbf{d}^{(i)}",
                "raise the numeral: 2",
            )
            check("mixed", bindings, equivalent=dict.fromkeys(mutants, "the deviations sum to zero"))
            check("variance-without", sigma)
            assert exact == pytest.approx(variance / batch * (N - batch) / (N - 1))


def test_last_batch():
    losses = rand(8)
    batches = losses.split(3)
    bindings = {
        r"\ell": losses,
        r"\bar{\ell}": torch.stack([batch.mean() for batch in batches]),
        "B": torch.tensor([float(len(batch)) for batch in batches], dtype=torch.float64),
        "N": 8,
        "K": 3,
    }
    check("last-batch", bindings)


def noisy_descent(lr, curvature, noises, start):
    """Errors of torch's descent, the gradient being that of the parabola plus the noise."""
    error = start.clone().requires_grad_()
    errors = {0: start}
    for t, noise in enumerate(noises, 1):
        optimizer = torch.optim.SGD([error], lr=lr(t - 1))
        optimizer.zero_grad()
        (0.5 * curvature * error**2 + noise * error).backward()
        optimizer.step()
        errors[t] = error.detach().clone()
    return errors


def mean_squares(lr, curvature, sigma, steps, start):
    """Exact mean of the squared error after each step: over all sequences of noise ±σ."""
    paths = [noisy_descent(lr, curvature, signs, start) for signs in product((sigma, -sigma), repeat=steps)]
    return {t: sum(path[t] ** 2 for path in paths) / len(paths) for t in range(steps + 1)}


def test_noisy():
    lr, curvature, start = 0.3, uniform(0.8, 1.6), rand()
    noises = rand(3)
    errors = noisy_descent(lambda t: lr, curvature, noises, start)
    noise = {r"\xi": {t: noises[t] for t in range(3)}, r"\lambda": curvature}
    steps = {"t": [0, 1, 2]}
    check("noisy", noise | {"e": errors, r"\eta": lr}, forall=steps)
    falling = noisy_descent(lambda t: float(1 / (curvature * (t + 1))), curvature, noises, start)
    check("averaging", noise | {"e": falling}, forall={"t": [1, 2]})


def test_noise_floor():
    lr, curvature, sigma, batch, start = 0.3, uniform(0.8, 1.6), 1.7, 4, rand()
    names = {r"\lambda": curvature, r"\sigma": sigma, "B": batch}
    squares = mean_squares(lambda t: lr, curvature, sigma / batch**0.5, 3, start)
    check("noisy-square", names | {"v": squares, r"\eta": lr}, forall={"t": [0, 1, 2]})
    v = squares[3]
    for _ in range(500):  # from two neighbours the recursion's two coefficients, then its fixed point
        shrink = (squares[3] - squares[2]) / (squares[2] - squares[1])
        v = shrink * v + squares[3] - shrink * squares[2]
    check("floor", names | {"v": v, r"\eta": lr}, tolerance=1e-7)
    falling = mean_squares(lambda t: float(1 / (curvature * (t + 1))), curvature, sigma / batch**0.5, 4, start)
    check("decay", names | {"v": falling}, forall={"T": [1, 2, 4]})


def test_linear_scaling():
    batches = [rand(D) for _ in range(4)]
    check("linear-scaling", {THETA: rand(D), r"\eta": 0.2, r"\hat{\mathbf{g}}": batches, "k": 4})


def test_robbins_monro():
    eq("gradient_descent-robbins-monro").by_program(
        en="whether an infinite sum is finite cannot be decided by evaluation", zh="无穷和是否有限无法靠求值判定"
    )
    totals, squares = [], []
    for terms in (10**3, 10**4, 10**5):
        rates = 1 / torch.arange(1, terms + 1, dtype=torch.float64)
        totals.append(rates.sum().item())
        squares.append(rates.square().sum().item())
    assert np.diff(totals) == pytest.approx([math.log(10)] * 2, abs=1e-3)  # each decade adds as much as the last
    assert squares[-1] < math.pi**2 / 6 and math.pi**2 / 6 - squares[-1] == pytest.approx(1e-5, rel=1e-3)


def rates(make_scheduler, lr, steps):
    """Learning rates of a scheduler of torch's, as a family from 0."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=lr)
    scheduler = make_scheduler(optimizer)
    found = {}
    for t in range(steps):
        found[t] = optimizer.param_groups[0]["lr"]
        optimizer.step()
        scheduler.step()
    return found


def test_schedules():
    peak = {r"\eta_{\max}": 0.7}
    falling = rates(lambda optimizer: StepLR(optimizer, step_size=3, gamma=0.4), 0.7, 10)
    check("step-decay", peak | {r"\eta": falling, r"\gamma": 0.4, "s": 3}, forall={"t": [2, 3, 5, 7]})
    cosine = rates(lambda optimizer: CosineAnnealingLR(optimizer, T_max=8), 0.7, 9)
    check("cosine", peak | {r"\eta": cosine, "T": 8}, forall={"t": [1, 3, 6]})
    rising = rates(lambda optimizer: LinearLR(optimizer, start_factor=0.25, total_iters=3), 0.7, 7)
    check(
        "warmup",
        peak | {r"\eta": rising, "w": 4},
        forall={"t": [0, 1, 2, 3, 5]},
        equivalent={r"swap arguments: \min(1, \frac{t + 1}{w})": "the minimum is symmetric"},
    )


def test_weight_decay():
    f, lr, decay = Quadratic(), 0.2, 0.6
    points = sgd(f, rand(D), lr, 2, weight_decay=decay)
    gradients = {t: gradient(f)(p) for t, p in points.items()}
    bindings = {THETA: points, r"\mathbf{g}": gradients, r"\eta": lr, r"\lambda": decay}
    check("weight-decay", bindings, forall={"t": [0, 1]})
