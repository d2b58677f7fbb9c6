"""The equations of the chapter on momentum, evaluated from their LaTeX, against torch, matrices and simulations."""

import math
from itertools import product

import numpy as np
import pytest
import scipy.optimize
import torch
from equations.draws import checker, rand, uniform

from dlnotes.book.equations import RandomVariable
from dlnotes.momentum import heavy_ball_radius, nesterov_radius

check = checker("momentum")

D = 3
TRANSPOSED = {r"transpose: \mathbf{A}": "a matrix and its transpose have the same determinant"}
THETA, NU, NABLA = r"\boldsymbol{\theta}", r"\boldsymbol{\nu}", r"\nabla f"


def positive_definite(size=D):
    factor = rand(size, size)
    return factor @ factor.T + 0.3 * torch.eye(size, dtype=torch.float64)


def gradient(f):
    """Gradient by autograd, as a function."""
    return torch.func.grad(f)


def logsumexp():
    A = rand(D, D)
    return lambda theta: torch.logsumexp(A @ theta, 0)


def torch_sgd(f, start, steps, lrs=None, **options):
    """Points and velocity buffers of torch's own SGD with momentum, as families from 0."""
    point = start.clone().requires_grad_()
    optimizer = torch.optim.SGD([point], **options)
    points, buffers = {0: start}, {0: torch.zeros_like(start)}
    for t in range(1, steps + 1):
        if lrs:
            optimizer.param_groups[0]["lr"] = lrs[t - 1]
        optimizer.zero_grad()
        f(point).backward()
        optimizer.step()
        points[t] = point.detach().clone()
        buffers[t] = optimizer.state[point]["momentum_buffer"].clone()
    return points, buffers


def displacements(points):
    """ν_t, the last displacement; the ball starts at rest."""
    return {t: points[t] - points[t - 1] if t else torch.zeros_like(points[0]) for t in points}


def family(f, points):
    return {t: f(point) for t, point in points.items()}


# A ball with friction


def test_newton():
    """The motion on a parabola is the exponential of a matrix."""
    H, m, gamma, start = positive_definite(), 1.7, 0.6, rand(2 * D)
    zero, one = torch.zeros(D, D, dtype=torch.float64), torch.eye(D, dtype=torch.float64)
    motion = torch.cat([torch.cat([zero, one], 1), torch.cat([-H / m, -gamma / m * one], 1)])

    def state(s):
        return torch.linalg.matrix_exp(motion * s) @ start

    check(
        "newton",
        {
            THETA: lambda s: state(s)[:D],
            r"\mathbf{v}": lambda s: state(s)[D:],
            NABLA: gradient(lambda theta: 0.5 * theta @ H @ theta),
            "m": m,
            r"\gamma": gamma,
            "s": uniform(0.3, 1.0),
        },
    )


def test_euler():
    """Torch's SGD is the discretised motion, with the learning rate and the momentum that it says."""
    f, m, gamma, tick = logsumexp(), 1.7, 0.6, 0.8
    points, _ = torch_sgd(f, rand(D), 4, lr=tick**2 / m, momentum=1 - gamma * tick / m)
    velocities = {t: step / tick for t, step in displacements(points).items()}
    constants = {"m": m, r"\gamma": gamma, r"\delta": tick}
    names = {THETA: points, r"\mathbf{v}": velocities, NABLA: gradient(f)}
    check("euler", constants | names, forall={"t": [0, 1, 2, 3]})
    gradients = family(gradient(f), points)
    rows = torch.stack([torch.cat([velocities[t] for t in (1, 2)]), -torch.cat([gradients[t] for t in (1, 2)])], 1)
    fit = torch.linalg.lstsq(rows, torch.cat([velocities[t + 1] for t in (1, 2)])[:, None]).solution[:, 0]
    check("constants", constants | {r"\beta": fit[0], r"\eta": fit[1] * tick})


def test_heavy_ball():
    f, lr, beta = logsumexp(), 0.4, 0.7
    points, _ = torch_sgd(f, rand(D), 5, lr=lr, momentum=beta)
    names = {THETA: points, NABLA: gradient(f), r"\eta": lr, r"\beta": beta}
    steps = displacements(points)
    check("heavy-ball", names | {NU: steps}, forall={"t": [0, 1, 3]})
    check("two-steps", names, forall={"t": [1, 2, 4]})
    gradients = {r"\mathbf{g}": family(gradient(f), points)}
    check("memory", gradients | {NU: steps, r"\eta": lr, r"\beta": beta}, forall={"t": [2, 3, 5]})


def test_terminal():
    slope, lr, beta = rand(D), 0.4, 0.7
    points, _ = torch_sgd(lambda theta: slope @ theta, rand(D), 200, lr=lr, momentum=beta)
    steps = displacements(points)
    names = {NU: steps, r"\mathbf{g}": slope, r"\eta": lr, r"\beta": beta}
    check("terminal", names, forall={"t": [2, 3, 5]})
    effective = -(steps[200] @ slope) / (slope @ slope)
    check("effective", {r"\eta_{\mathrm{eff}}": effective, r"\eta": lr, r"\beta": beta})


def test_characteristic():
    """Eigenvalues of the motion's matrix, real with strong friction."""
    m, gamma, stiffness = 1.7, 6.0, uniform(0.8, 1.6)
    motion = torch.tensor([[0.0, 1.0], [-stiffness / m, -gamma / m]], dtype=torch.float64)
    for z in torch.linalg.eigvals(motion).real:
        check("characteristic", {"z": z, "m": m, r"\gamma": gamma, r"\lambda": stiffness})


# Conventions


def test_average():
    """torch's running mean, with the second moment of Adam made ineffective, as Adam's own state shows."""
    f, lr, beta = logsumexp(), 0.4, 0.7
    points, _ = torch_sgd(f, rand(D), 4, lr=lr, momentum=beta)
    adam = torch.optim.Adam([torch.zeros(D, dtype=torch.float64, requires_grad=True)], lr=0.0, betas=(beta, 0.999))
    param = adam.param_groups[0]["params"][0]
    means = {0: torch.zeros(D, dtype=torch.float64)}
    gradients = family(gradient(f), points)
    for t in range(4):
        param.grad = gradients[t].clone()
        adam.step()
        means[t + 1] = adam.state[param]["exp_avg"].clone()
    names = {r"\mathbf{m}": means, r"\mathbf{g}": gradients, THETA: points}
    check("average", names | {r"\beta": beta, r"\alpha": lr / (1 - beta)}, forall={"t": [0, 1, 3]})


def test_torch():
    f, options = logsumexp(), {"lr": 0.4, "momentum": 0.7, "weight_decay": 0.3}
    constants = {r"\eta": 0.4, r"\mu": 0.7, r"\lambda": 0.3}
    for dampening, nesterov in ((0.25, False), (0.0, True)):
        points, buffers = torch_sgd(f, rand(D), 4, dampening=dampening, nesterov=nesterov, **options)
        gradients = family(gradient(f), points)
        penalised = family(gradient(lambda theta: f(theta) + 0.15 * theta @ theta), points)
        names = {THETA: points, r"\mathbf{v}": buffers, r"\mathbf{g}": gradients, r"\mathbf{d}": penalised}
        if nesterov:
            check("torch-nesterov", constants | names, forall={"t": [0, 1, 3]})
        else:
            check("torch", constants | names | {r"\tau": dampening}, forall={"t": [1, 2, 3]})


def test_schedule():
    f, lrs = logsumexp(), [0.4, 0.15, 0.6, 0.2]
    points, _ = torch_sgd(f, rand(D), 4, lrs=lrs, lr=0.1, momentum=0.7)
    gradients = family(gradient(f), points)
    names = {THETA: points, r"\mathbf{g}": gradients, r"\eta": dict(enumerate(lrs)), r"\mu": 0.7}
    check("schedule", names, forall={"t": [1, 2, 3]})


# What momentum filters


def running_mean(beta, signal):
    mean, means = 0.0, []
    for value in signal:
        mean = beta * mean + (1 - beta) * value
        means.append(mean)
    return means


def test_filter():
    for beta in (0.4, 0.8):
        t = torch.arange(400, dtype=torch.float64)
        alternating = running_mean(beta, (-1) ** t)
        check("alternating", {"c": -alternating[-1], r"\beta": beta})
        for omega in (0.5, 2.0):
            wave = running_mean(beta, torch.exp(1j * omega * t))
            check("gain", {r"\lvert c \rvert": abs(wave[-1]), r"\beta": beta, r"\omega": omega})


def test_white():
    """All sequences of noise ±σ, each equally likely."""
    beta, sigma = 0.6, 1.3
    for t in (2, 3):
        outcomes = [running_mean(beta, signs)[-1] for signs in product((sigma, -sigma), repeat=t)]
        outcomes = [torch.tensor(outcome, dtype=torch.float64) for outcome in outcomes]
        mean = RandomVariable(outcomes, [1 / len(outcomes)] * len(outcomes))
        check("white", {"m": mean, "t": t, r"\beta": beta, r"\sigma": sigma})


def test_noise():
    """torch's SGD with noise in its gradient; the covariances from the companion matrix by doubling."""
    lr, beta, stiffness, sigma = 0.5, 0.6, uniform(0.8, 1.6), 1.3
    noises = rand(5)
    error = rand().requires_grad_()
    optimizer = torch.optim.SGD([error], lr=lr, momentum=beta)
    errors = {0: error.detach().clone()}
    for t in range(5):
        optimizer.zero_grad()
        (0.5 * stiffness * error**2 + noises[t] * error).backward()
        optimizer.step()
        errors[t + 1] = error.detach().clone()
    constants = {r"\eta": lr, r"\beta": beta, r"\lambda": stiffness}
    check("noisy", constants | {"e": errors, r"\xi": dict(enumerate(noises))}, forall={"t": [1, 2, 4]})

    transition = companion(lr * stiffness, beta, ahead=False)
    noise = torch.diag(torch.tensor([lr**2 * sigma**2, 0.0], dtype=torch.float64))
    covariance = torch.linalg.solve(
        torch.eye(4, dtype=torch.float64) - torch.kron(transition, transition), noise.flatten()
    ).view(2, 2)
    v, c = covariance[0]
    trace = transition.trace()
    check("covariances", {"v": v, "c": c, "a": trace, r"\beta": beta, r"\eta": lr, r"\sigma": sigma})
    check("floor", constants | {"v": v, r"\sigma": sigma})


# Nesterov


def test_nesterov():
    """torch stores the point ahead, where its gradient is taken; one gradient step from there is the next θ."""
    f, lr, beta = logsumexp(), 0.4, 0.7
    ahead, buffers = torch_sgd(f, rand(D), 5, lr=lr, momentum=beta, nesterov=True)
    points = {0: ahead[0]} | {t + 1: ahead[t] - lr * gradient(f)(ahead[t]) for t in range(5)}
    names = {THETA: points, NU: displacements(points), NABLA: gradient(f), r"\eta": lr, r"\beta": beta}
    check("nesterov", names, forall={"t": [0, 1, 3]})
    check("ahead", names | {r"\mathbf{y}": ahead}, forall={"t": [1, 2, 4]})
    gradients = family(gradient(f), ahead)
    stored = {r"\mathbf{w}": ahead, r"\mathbf{g}": gradients, r"\mathbf{v}": buffers}
    check("shifted", names | stored, forall={"t": [0, 1, 3]})


def test_friction():
    H, lr, beta = positive_definite(), 0.2, 0.7
    ahead, _ = torch_sgd(lambda e: 0.5 * e @ H @ e, rand(D), 4, lr=lr, momentum=beta, nesterov=True)
    errors = {0: ahead[0]} | {t + 1: ahead[t] - lr * H @ ahead[t] for t in range(4)}
    names = {r"\mathbf{e}": errors, NU: displacements(errors), r"\mathbf{H}": H, r"\mathbf{I}": torch.eye(D).double()}
    check("friction", names | {r"\eta": lr, r"\beta": beta}, forall={"t": [0, 1, 3]})


# The rate on a quadratic


def companion(h, beta, ahead):
    """The matrix of a step, from applying the method to unit vectors."""

    def step(pair):
        now, before = pair
        glide = beta * (now - before)
        return torch.stack([now + glide - h * (now + glide if ahead else now), now])

    return torch.func.jacrev(step)(torch.zeros(2, dtype=torch.float64))


def component(h, beta, ahead, start, steps):
    """Errors of one component from two given ones, by the matrix."""
    state, errors = start.flip(0), {0: start[0], 1: start[1]}
    for t in range(2, steps + 1):
        state = companion(h, beta, ahead) @ state
        errors[t] = state[0]
    return errors


def test_companion():
    for h, beta in ((0.05, 0.5), (1.7, 0.5)):
        e = component(h, beta, False, rand(2), 5)
        names = {"e": e, "h": h, r"\beta": beta}
        check("component", names, forall={"t": [1, 2, 4]})
        check("companion", names, forall={"t": [1, 2, 4]})
        matrix = {r"\mathbf{A}": companion(h, beta, False), r"\mathbf{I}": torch.eye(2).double(), "z": rand()}
        check("heavy-ball-polynomial", matrix | {"h": h, r"\beta": beta}, equivalent=TRANSPOSED)
        e = component(h, beta, True, rand(2), 5)
        check("nesterov-component", names | {"e": e}, forall={"t": [1, 2, 4]})
        matrix[r"\mathbf{A}"] = companion(h, beta, True)
        check("nesterov-polynomial", matrix | {"h": h, r"\beta": beta}, equivalent=TRANSPOSED)


def test_solution():
    h, beta = 0.05, 0.5  # real roots
    roots = torch.linalg.eigvals(companion(h, beta, False)).real
    e = component(h, beta, False, rand(2), 6)
    check("solution", {"e": e, "z": roots}, forall={"t": [2, 3, 6]})


def test_double_root():
    for sign in (1, -1):
        r = sign * 0.6
        e = component((1 - r) ** 2, r**2, False, rand(2), 6)
        check("double-root", {"e": e, "r": r}, forall={"t": [2, 3, 6]})


def test_discriminant():
    for h, beta in ((0.02, 0.6), (0.7, 0.6), (3.9, 0.6)):
        roots = torch.linalg.eigvals(companion(h, beta, False))
        assert ((roots.imag.abs() > 1e-9).any()) == ((1 + beta - h) ** 2 < 4 * beta)
        check("discriminant", {"h": h, r"\beta": beta})


def radius(h, beta, ahead):
    return torch.linalg.eigvals(companion(h, beta, ahead)).abs().max()


def test_rates():
    beta = 0.6
    for h in (0.02, 0.06, 0.9, 2.9, 3.3, 4.2):
        check("heavy-ball-rate", {r"\rho": radius(h, beta, False), "h": h, r"\beta": beta})
        assert (0 < h < 2 * (1 + beta)) == (radius(h, beta, False) < 1)
        check("ends", {"h": h, r"\beta": beta})
    for h in (0.02, 0.05, 0.15, 0.3, 0.8, 1.2, 1.9):
        check("nesterov-rate", {r"\rho": radius(h, beta, True), "q": 1 - h, r"\beta": beta})


def best(ahead, smallest, largest):
    """Step size, momentum and rate by a search, without a formula."""
    radius = nesterov_radius if ahead else heavy_ball_radius
    curvatures = torch.tensor([smallest, largest], dtype=torch.float64)

    def worst(lr, beta):
        return radius(lr * curvatures, beta).max().item()

    def best_momentum(lr):
        return scipy.optimize.minimize_scalar(
            lambda beta: worst(lr, beta), bounds=(0, 1), method="bounded", options={"xatol": 1e-13, "maxiter": 500}
        )

    found = scipy.optimize.minimize_scalar(
        lambda lr: best_momentum(lr).fun,
        bounds=(0.5 / largest, 4 / largest),
        method="bounded",
        options={"xatol": 1e-12},
    )
    return found.x, best_momentum(found.x).x, found.fun


def test_room():
    """For a pair of constants with the rate r the bounds hold; they are reached where the roots ±r are real."""
    r = 0.7
    for beta in (0.2, 0.45):
        stiff = scipy.optimize.brentq(lambda h, b=beta: radius(h, b, False) - r, 1 + beta, 2 * (1 + beta))
        flat = scipy.optimize.brentq(lambda h, b=beta: radius(h, b, False) - r, 1e-9, 1 - beta**0.5)
        names = {"r": r, r"\beta": beta, r"\eta": 0.3}
        check("room", names | {"L": stiff / 0.3, r"\mu": flat / 0.3}, tight=1e-7)
        check("room", names | {"L": 0.8 * stiff / 0.3, r"\mu": 1.2 * flat / 0.3})
        check("largest-condition", names | {r"\kappa": stiff / flat}, tight={1: 1e-7})
        check("largest-condition", names | {r"\kappa": 0.8 * stiff / flat})
    beta = r**2
    edge = (1 + r) ** 2 / (1 - r) ** 2
    check("largest-condition", {"r": r, r"\beta": beta, r"\kappa": edge}, tight=1e-9)


def test_nesterov_room():
    r = 0.7
    crossing = r / (2 - r)
    for beta in (0.3, 0.5, crossing, 0.6):
        stiff = scipy.optimize.brentq(lambda h, b=beta: radius(h, b, True) - r, 1, 3)
        flat = scipy.optimize.brentq(lambda h, b=beta: radius(h, b, True) - r, 1e-9, 0.99)
        names = {"r": r, r"\beta": beta, r"\eta": 0.3, "L": stiff / 0.3, r"\mu": flat / 0.3}
        check("nesterov-room", names | {"L": 0.8 * stiff / 0.3, r"\mu": 1.2 * flat / 0.3})
        if beta < crossing:
            check("nesterov-room", names, tight={1: 1e-6, 3: 1e-6})
            check("nesterov-largest", names | {r"\kappa": stiff / flat}, tight=1e-6)
            check("nesterov-largest", names | {r"\kappa": 0.8 * stiff / flat})
        elif beta > crossing:
            check("nesterov-room", names, tight={2: 1e-6, 3: 1e-6})
        else:
            check("nesterov-condition", names | {r"\kappa": stiff / flat}, tight=1e-5)
        check("nesterov-condition", names | {r"\kappa": stiff / flat})


def test_best():
    for smallest, largest in ((0.8, 17.0), (1.5, 6.0)):
        ends = {r"\mu": smallest, "L": largest, r"\kappa": largest / smallest}
        for ahead, label in ((False, "heavy-ball-best"), (True, "nesterov-best")):
            lr, beta, rate = best(ahead, smallest, largest)
            check(label, ends | {r"\eta": lr, r"\beta": beta, r"\rho": rate}, tolerance=2e-4)


def test_one_over_l():
    for kappa in (7.0, 40.0):
        flat = torch.tensor([1 / kappa], dtype=torch.float64)
        found = scipy.optimize.minimize_scalar(
            lambda beta, h=flat: nesterov_radius(h, beta).item(),
            bounds=(0, 1),
            method="bounded",
            options={"xatol": 1e-13},
        )
        check("one-over-l", {r"\kappa": kappa, r"\beta": found.x, r"\rho": found.fun}, tolerance=1e-5)


def test_steps():
    check("steps", {r"\kappa": uniform(2, 4), r"\varepsilon": uniform(0.1, 0.5)})
    check("steps", {r"\kappa": uniform(3e6, 5e6), r"\varepsilon": uniform(0.1, 0.5)}, tight=1e-6)
    kappa = 50.0  # the left side is the number of steps that the rate, found by a search, needs
    _, _, rate = best(False, 1.0, kappa)
    left = math.log(1e3) / math.log((kappa**0.5 + 1) / (kappa**0.5 - 1))
    assert left == pytest.approx(math.log(1e-3) / math.log(rate), rel=1e-3)


def test_transient():
    """A ball that starts at rest, by torch, at both ends of the spectrum."""
    rho = 0.6
    errors = {}
    for name, curvature in (("e", (1 - rho) ** 2), (r"\epsilon", (1 + rho) ** 2)):
        start = torch.full((2,), float(uniform(0.5, 1.5)), dtype=torch.float64)
        points, _ = torch_sgd(lambda e, h=curvature: 0.5 * h * e @ e, start, 6, lr=1.0, momentum=rho**2)
        errors[name] = {t: point[0] for t, point in points.items()}
    check("transient", errors | {r"\rho": rho}, forall={"t": [2, 3, 6]})


# Beyond quadratics


class Convex:
    """Least squares with a solver's minimum, the scheme's points on it, and what the proof builds of them."""

    def __init__(self, steps=6):
        A, b = rand(5, D), rand(5)
        self.minimum = torch.linalg.lstsq(A, b[:, None]).solution[:, 0]
        self.f = lambda theta: 0.5 * (A @ theta - b).square().sum()
        self.L = torch.linalg.eigvalsh(A.T @ A)[-1]
        self.gradient = gradient(self.f)
        self.theta, self.y, before = {-1: None, 0: rand(D)}, {}, None
        self.theta[-1] = before = self.theta[0]
        for t in range(steps):
            point = self.theta[t].clone()
            glide = (t - 1) / (t + 2) * (point - before)
            before, self.y[t] = point, point + glide
            self.theta[t + 1] = torch_sgd(self.f, self.y[t], 1, lr=float(1 / self.L), momentum=0.5)[0][1]
        self.tau = {t: torch.tensor(1 + t / 2, dtype=torch.float64) for t in range(-1, steps)}
        self.z = {t: self.tau[t] * self.y[t] + (1 - self.tau[t]) * self.theta[t] for t in range(steps)}

    def names(self):
        excess = {t: self.f(point) - self.f(self.minimum) for t, point in self.theta.items()}
        return {
            "f": self.f, NABLA: self.gradient, "f_*": self.f(self.minimum), r"\boldsymbol{\theta}_*": self.minimum,
            THETA: self.theta, r"\mathbf{y}": self.y, r"\mathbf{z}": self.z, r"\tau": self.tau, r"\Delta": excess,
            "L": self.L, r"\mathbf{g}": {t: self.gradient(point) for t, point in self.y.items()},
        }  # fmt: skip


def test_growing():
    convex = Convex()
    for t in (1, 3, 5):  # by torch's own Nesterov step, which needs the velocity that led here
        lr, beta = float(1 / convex.L), (t - 1) / (t + 2)
        expected = convex.y[t] - lr * convex.gradient(convex.y[t])
        torch.testing.assert_close(convex.theta[t + 1], expected)
        assert beta >= 0
    check("growing", convex.names(), forall={"t": [1, 2, 4]})


class Reached:
    """A step of the proof in which its inequalities are equalities.

    The function is a parabola of curvature L in every coordinate and a straight line beyond a kink; y is the kink, and
    the points that it is compared with lie beyond, where y's tangent is the function itself.
    """

    L = 1.7

    def __init__(self, t, level=False):
        kink = 0.5 + torch.rand(D, dtype=torch.float64)

        def f(theta):
            return torch.where(theta < kink, self.L / 2 * theta**2, self.L * kink * (theta - kink / 2)).sum()

        other = kink + torch.rand(D, dtype=torch.float64)
        beyond = other if level else other + 1 + 2 * torch.rand(D, dtype=torch.float64)
        self.f, self.g = f, gradient(f)(kink)
        tau = {t: torch.tensor(1 + t / 2, dtype=torch.float64), t - 1: torch.tensor((t + 1) / 2, dtype=torch.float64)}
        after = kink - self.g / self.L
        z = tau[t] * kink - (tau[t] - 1) * beyond
        self.names = {
            "f": f, "f_*": f(other), r"\boldsymbol{\theta}_*": other, THETA: {t: beyond, t + 1: after}, "L": self.L,
            r"\mathbf{y}": {t: kink}, r"\mathbf{g}": {t: self.g}, r"\tau": tau,
            r"\mathbf{z}": {t: z, t + 1: z - tau[t] / self.L * self.g},
            r"\Delta": {t: f(beyond) - f(other), t + 1: f(after) - f(other)},
        }  # fmt: skip


def test_key():
    convex, y = Convex(), rand(D)
    g = convex.gradient(y)
    for x in (rand(D), y + g, y - g, 4 * y, -4 * y):
        check("key", {"f": convex.f, r"\mathbf{y}": y, r"\mathbf{g}": g, "L": convex.L, r"\mathbf{x}": x})
    names = Reached(1).names
    single = {r"\mathbf{y}": names[r"\mathbf{y}"][1], r"\mathbf{g}": names[r"\mathbf{g}"][1]}
    check("key", names | single | {r"\mathbf{x}": names[THETA][1]}, tight=1e-9)


def test_proof():
    convex, steps = Convex(), {"t": [1, 2, 4]}
    larger = [r"shift index 1 by +1: \tau_{t-1}^2", "drop term 2: t-1", "raise the numeral: 2 (6)"]
    check("potential", convex.names(), forall=steps, equivalent=dict.fromkeys(larger, "true as well, and says less"))
    for label in ("auxiliary", "square", "mirror", "mixture"):
        check(label, convex.names(), forall=steps)
    for t in (1, 4):
        check("mixture", Reached(t).names, forall={"t": [t]}, tight=1e-9)
        check("potential", Reached(t).names, forall={"t": [t]}, tight={1: 1e-9})
        check("potential", Reached(t, level=True).names, forall={"t": [t]}, tight=1e-9)


def test_bound():
    for lowest in (60.0, -60.0):
        convex = Convex(12)
        f = convex.f
        convex.f = lambda theta, f=f, lowest=lowest: f(theta) + lowest
        names = convex.names()
        for t in (2, 5, 12):
            check("bound", names | {THETA: {0: convex.theta[0], t: convex.theta[t]}}, forall={"t": [t]})


def chain(k, L):
    """Its Hessian is tridiagonal; the minimum by a solver."""
    hessian = L / 4 * (2 * np.eye(k) - np.eye(k, k=1) - np.eye(k, k=-1))
    force = np.zeros(k)
    force[0] = L / 4
    hessian, force = torch.from_numpy(hessian), torch.from_numpy(force)
    return lambda theta: 0.5 * theta @ hessian @ theta - force @ theta, torch.linalg.solve(hessian, force)


def test_chain():
    for k in (3, 5):
        f, _ = chain(k, 2.6)
        theta = rand(k)
        check("chain", {"f": f, THETA: theta, r"\theta": theta, "k": k, "L": 2.6})


def test_lower():
    """The best of all points that t gradients span, on the hardest chain, moved to a random place and height."""
    for t, lowest, tight in ((2, 30.0, None), (3, -30.0, None), (400, 0.01, 3e-3)):
        f, minimum = chain(2 * t + 1, 2.6)
        start, H = rand(2 * t + 1), torch.func.hessian(f)(minimum)
        weights = torch.linalg.solve(H[:t, :t], (H @ minimum)[:t])
        best = torch.cat([weights, torch.zeros(t + 1, dtype=torch.float64)])
        names = {
            "f": lambda theta, f=f, start=start, lowest=lowest: f(theta - start) + lowest, "f_*": f(minimum) + lowest,
            THETA: {0: start, t: start + best}, r"\boldsymbol{\theta}_*": start + minimum, "L": 2.6,
        }  # fmt: skip
        check("lower", names, forall={"t": [t]}, tight=tight)


def test_cycle():
    """torch's SGD with the best constants, from the start 3.3, in the long run."""

    def f(x):
        middle = 12.5 + 25 * (x - 1) + 0.5 * (x - 1) ** 2
        outer = 38 + 26 * (x - 2) + 12.5 * (x - 2) ** 2
        return torch.where(x < 1, 12.5 * x**2, torch.where(x < 2, middle, outer))

    for x in (-1.3, 0.4, 1.2, 1.9, 2.4, 3.1):
        check("kinked", {"f": f, "x": torch.tensor(x, dtype=torch.float64)})
    start = torch.full((2,), 3.3, dtype=torch.float64)
    points, _ = torch_sgd(lambda x: f(x).sum(), start, 900, lr=1 / 9, momentum=4 / 9)
    x = {t: point[0] for t, point in points.items()}
    check("cycle-step", {"x": x, "f": f}, forall={"t": [1, 2, 5, 7]})
    first = next(t for t in range(890, 897) if 0 < x[t] < 1)
    check("cycle", {"x": {i: x[first + i - 1] for i in (1, 2, 3)}}, tolerance=1e-8)


def test_conserved():
    h = uniform(0.5, 3.0)
    e = component(float(h), 1.0, False, rand(2), 5)
    check("conserved", {"e": e, "h": h}, forall={"t": [1, 2, 4]})
