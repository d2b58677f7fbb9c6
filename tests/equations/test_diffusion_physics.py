"""The equations of the chapter on the physics of diffusion, evaluated from their LaTeX.

The oracles are counted hops, exact normal laws and mixtures of torch.distributions, matrix exponentials, solvers of
ordinary differential equations, and torch's random numbers.
"""

import math

import pytest
import scipy.constants
import scipy.integrate
import torch
from equations.draws import checker, rand, uniform
from torch.distributions import Categorical, MixtureSameFamily, MultivariateNormal, Normal

from dlnotes.book.equations import Distribution, RandomVariable, eq
from dlnotes.diffusion_physics import euler_maruyama, fokker_planck, transition_rates

check = checker("diffusion_physics")

N = 5  # sites, cells
COLUMNS = {
    "shift index 2 by +1: A_{ji}": "every column of A sums to 1",
    "B in place of: A": "the columns of B sum to 1 as well",
}


def constants():
    """Diffusion coefficient, Boltzmann's constant and temperature."""
    return {"D": uniform(0.3, 0.8), "k_B": uniform(1.1, 1.6), "T": uniform(1.8, 2.5)}


def derivative(function, x):
    """Derivative of a function of one number by autograd, as a number."""
    return torch.func.grad(function)(torch.as_tensor(x, dtype=torch.float64)).detach()


class Trap:
    """A mixture of three normal laws in a harmonic trap, by torch.distributions; the trap's centre is off zero."""

    def __init__(self):
        self.k = {"D": uniform(0.3, 0.8), "k_B": uniform(1.1, 1.6), "T": uniform(1.8, 2.5)}
        self.rate, self.centre = uniform(0.5, 1.5), uniform(0.4, 0.9)
        self.w, self.m0, self.v0 = torch.softmax(rand(3), 0), rand(3), uniform(0.2, 0.5) + rand(3) ** 2

    def law(self, t):
        decay = torch.exp(-self.rate * t)
        means = self.centre + (self.m0 - self.centre) * decay
        variances = self.v0 * decay**2 + self.k["D"] / self.rate * (1 - decay**2)
        return MixtureSameFamily(Categorical(self.w), Normal(means, variances.sqrt()))

    def density(self, x, t):
        return self.law(t).log_prob(x).exp()

    def cumulative(self, x, t):
        return self.law(t).cdf(x)

    def force(self, x):
        """The force whose drift is that of the trap."""
        return -self.rate * (x - self.centre) * self.k["k_B"] * self.k["T"] / self.k["D"]

    def current(self, x, t):
        """What crosses x, from the share to its left: torch's derivative of the distribution function by time."""
        x = torch.as_tensor(x, dtype=torch.float64)
        t = torch.as_tensor(t, dtype=torch.float64)
        (rate,) = torch.autograd.grad(self.cumulative(x, t), t, create_graph=True) if t.requires_grad else (None,)
        return -rate

    def names(self, x=None):
        """Density, force and flux as functions of x and t, by LaTeX definitions."""
        return {
            **self.k,
            "x": uniform(-1.0, 1.5) if x is None else x,
            "t": uniform(0.2, 0.6),
            "p": r"\operatorname{density}(x, t)",
            r"\operatorname{density}": self.density,
            "f": r"\operatorname{force}(x)",
            r"\operatorname{force}": self.force,
            "j": r"\operatorname{current}(x, t)",
            r"\operatorname{current}": self.current,
        }


# Dissolve, then undo


def markov():
    A = torch.softmax(rand(N, N), 0)
    p = torch.softmax(rand(N), 0)
    joint = torch.einsum("ji,i->ji", A, p)  # probability of i, then j
    return A, p, joint


def test_chain():
    A, p, joint = markov()
    check("chain", {r"\mathbf{A}": A, r"\mathbf{p}": p, r"\mathbf{q}": joint.sum(1)})


def test_bayes():
    A, p, joint = markov()
    conditional = (joint / joint.sum(1, keepdim=True)).T
    sites = {"i": [1, 2, 5], "j": [1, 3, 4]}
    check("bayes", {"A": A, r"\mathbf{p}": p, r"\mathbf{q}": joint.sum(1), "B": conditional}, forall=sites)
    check(
        "back",
        {"A": A, r"\mathbf{p}": p, r"\mathbf{q}": joint.sum(1), "B": conditional, "n": N},
        forall={"i": [1, 2]},
        equivalent=COLUMNS,
    )


def test_noising():
    a, noise = uniform(0.4, 0.9), rand(3)
    x = [uniform(0.5, 2.0)]
    for xi in noise:
        x.append(a * x[-1] + torch.sin(torch.acos(a)) * xi)
    bindings = {"a": a, "x": dict(enumerate(x)), r"\xi": dict(enumerate(noise))}
    check("noising", bindings, forall={"t": [0, 1, 2]})
    m, v = [uniform(0.5, 2.0)], [uniform(1.5, 3.0)]
    for _ in range(4):
        total = MultivariateNormal(torch.zeros(2).double(), torch.diag(torch.stack([v[-1], 1 - a**2])))
        weights = torch.tensor([a, 1.0], dtype=torch.float64)
        m.append(a * m[-1])
        v.append(weights @ total.covariance_matrix.diag().diag() @ (weights / torch.tensor([1.0, 1.0])))
    check("noising-moments", {"a": a, "m": dict(enumerate(m)), "v": dict(enumerate(v))}, forall={"t": [1, 2, 3, 4]})


# Force and flux


class Line:
    """A density of constant slope, hops of ±h in the time τ, and how many of them cross a point, by integration."""

    def __init__(self):
        self.h, self.tau, self.x = uniform(0.1, 0.3), uniform(0.05, 0.2), uniform(0.5, 1.0)
        self.level, self.slope = uniform(1.0, 2.0), uniform(0.5, 1.0)

    def density(self, x):
        return self.level + self.slope * x

    def crossing(self, to_the_right=0.5):
        left, _ = scipy.integrate.quad(lambda y: float(self.density(y)), float(self.x - self.h), float(self.x))
        right, _ = scipy.integrate.quad(lambda y: float(self.density(y)), float(self.x), float(self.x + self.h))
        return (to_the_right * left - (1 - to_the_right) * right) / self.tau

    def names(self):
        return {"h": self.h, r"\tau": self.tau, "x": self.x}


def test_hops():
    line = Line()
    check("hops", line.names() | {"p": line.density, "j": line.crossing()})


def test_coefficient():
    """The mean square of n hops, by the binomial distribution, is 2 D n τ."""
    h, tau, n = uniform(0.5, 0.9), uniform(0.2, 0.4), 4
    outcomes = torch.arange(n + 1, dtype=torch.float64)
    chances = torch.distributions.Binomial(n, torch.tensor(0.5, dtype=torch.float64)).log_prob(outcomes).exp()
    places = h * (2 * outcomes - n)
    D = (chances * places**2).sum() / (2 * n * tau)
    check("coefficient", {"D": D, "h": h, r"\tau": tau})
    displacement = RandomVariable(list(places), chances)
    check("variance", {"X": displacement, "n": n, "h": h, "D": D, "t": n * tau})


def test_fick():
    line = Line()
    D = line.h**2 / (2 * line.tau)
    density = {"p": r"\operatorname{density}(x)", r"\operatorname{density}": line.density}
    check("fick", line.names() | density | {"j": line.crossing(), "D": D})


def test_two_fluxes():
    """Hops that prefer one side so that the mean velocity is μ f."""
    line, mobility, force = Line(), uniform(0.3, 0.6), uniform(0.4, 0.8)
    to_the_right = 0.5 * (1 + mobility * force * line.tau / line.h)
    names = line.names() | {
        "p": r"\operatorname{density}(x)",
        r"\operatorname{density}": line.density,
        "j": line.crossing(float(to_the_right)),
        "D": line.h**2 / (2 * line.tau),
    }
    check("two-fluxes", names | {r"\mu": mobility, "f": force})
    k_B, T = uniform(1.1, 1.6), uniform(1.8, 2.5)
    D = line.h**2 / (2 * line.tau)
    force = mobility * force * k_B * T / D
    check("flux", names | {"f": force, "k_B": k_B, "T": T})


def energy(x):
    return x**4 - 0.7 * x**2 + 0.3 * x


def test_force():
    x = uniform(0.5, 1.0)
    f = -4 * x**3 + 1.4 * x - 0.3
    check("force", {"U": r"\operatorname{energy}(x)", r"\operatorname{energy}": energy, "x": x, "f": f})


def test_boltzmann():
    """In a harmonic potential Boltzmann's law is the normal one of variance k_BT / k."""
    c, stiffness = constants(), uniform(0.5, 1.5)
    variance = c["k_B"] * c["T"] / stiffness
    check(
        "boltzmann",
        {
            "k_B": c["k_B"], "T": c["T"], "x": uniform(0.5, 1.5),
            "p": lambda x: Normal(0, variance.sqrt()).log_prob(x).exp(),
            "U": lambda x: stiffness * x**2 / 2, "Z": (2 * math.pi * variance).sqrt(),
        },
    )  # fmt: skip


def test_boltzmann_slope():
    c, x = constants(), uniform(0.5, 1.0)
    names = {
        "k_B": c["k_B"], "T": c["T"], "x": x, "p": r"\operatorname{law}(x)", "U": r"\operatorname{energy}(x)",
        r"\operatorname{law}": lambda x: 2.5 * torch.exp(-energy(x) / (c["k_B"] * c["T"])),
        r"\operatorname{energy}": energy, "f": -4 * x**3 + 1.4 * x - 0.3,
    }  # fmt: skip
    check("boltzmann-slope", names)


def test_einstein():
    """Mobility and temperature of a trap: the variance solves Lyapunov's equation, equipartition gives k_BT."""
    mobility, D, stiffness, k_B = uniform(0.3, 0.8), uniform(0.9, 1.5), uniform(0.5, 1.5), uniform(1.2, 1.6)
    variance = scipy.linalg.solve_continuous_lyapunov([[-float(mobility * stiffness)]], [[-2 * float(D)]])[0, 0]
    check("einstein", {r"\mu": mobility, "D": D, "k_B": k_B, "T": stiffness * variance / k_B})


def test_stokes():
    """A bead in water at 20 °C: the tabulated viscosity of 1.0 mPa s gives Perrin's order of magnitude."""
    r, viscosity = uniform(0.3, 0.9), uniform(0.8, 1.3)  # µm, mPa s
    friction = 6 * math.pi * viscosity * r
    temperature = uniform(2.8, 3.2)  # hundreds of kelvin
    k_B = scipy.constants.Boltzmann * 1e23
    drift = euler_maruyama(lambda x, t: 1 / friction * torch.ones_like(x), rand(2), torch.tensor([0.0, 1.0]), 0.0)
    mobility = (drift[1] - drift[0])[0]
    check("stokes", {"D": mobility * k_B * temperature, "k_B": k_B, "T": temperature, r"\eta": viscosity, "r": r})


def test_flux_score():
    trap = Trap()
    check("flux-score", trap.names())


def test_step():
    c, tau, noise = constants(), uniform(0.05, 0.2), rand(3)
    times = torch.cumsum(torch.tensor([0.0] + 3 * [tau], dtype=torch.float64), 0)
    start = rand(2)

    def drift(x, _):
        return c["D"] / (c["k_B"] * c["T"]) * torch.cos(x)

    generator = torch.Generator().manual_seed(7)
    x = euler_maruyama(drift, start, times, float(c["D"]), generator)[:, 1]
    generator.manual_seed(7)
    noise = [torch.randn(2, generator=generator, dtype=torch.float64)[1] for _ in range(3)]
    names = c | {"f": torch.cos, r"\tau": tau, "x": dict(enumerate(x)), r"\xi": dict(enumerate(noise))}
    check("step", names, forall={"t": [0, 1, 2]})


# How far particles get


def test_kernel():
    D, t, x0 = uniform(0.3, 0.8), uniform(0.5, 1.5), uniform(0.4, 0.9)
    kernel = lambda x, t: Normal(x0, (2 * D * t).sqrt()).log_prob(x).exp()  # noqa: E731
    check("kernel", {"p": kernel, "x": uniform(1.0, 2.0), "t": t, "D": D, "x_0": x0})


def test_square_distance():
    """Two hops along each of three axes, all 27 places enumerated."""
    h, tau, d = uniform(0.5, 0.9), uniform(0.2, 0.4), 3
    D, start = h**2 / (2 * tau), rand(d)
    one = [(-2.0, 0.25), (0.0, 0.5), (2.0, 0.25)]
    places = [
        (start + h * torch.tensor([a, b, c], dtype=torch.float64), p * q * r)
        for a, p in one
        for b, q in one
        for c, r in one
    ]
    law = Distribution([place for place, _ in places], [chance for _, chance in places])
    check("square-distance", {"p": law, r"\mathbf{a}": start, "d": d, "D": D, "t": 2 * tau})


# The Fokker–Planck equation


def test_balance():
    trap = Trap()
    a, b, t = uniform(-1.0, -0.5), uniform(0.5, 1.0), uniform(0.2, 0.6)

    def current(x):
        density = trap.density(x, t)
        slope = derivative(lambda y: trap.density(y, t), x)
        return trap.k["D"] / (trap.k["k_B"] * trap.k["T"]) * density * trap.force(x) - trap.k["D"] * slope

    share = {"P": r"\operatorname{share}(t)"}
    share[r"\operatorname{share}"] = lambda t: trap.cumulative(b, t) - trap.cumulative(a, t)
    check("balance", share | {"t": t, "a": a, "b": b, "j": current})


@pytest.mark.parametrize("label", ["continuity", "fokker-planck"])
def test_density_of_the_trap(label):
    check(label, Trap().names())


def test_heat():
    D, x0 = uniform(0.3, 0.8), uniform(0.4, 0.9)
    names = {"D": D, "x": uniform(1.0, 2.0), "t": uniform(0.3, 0.6), "p": r"\operatorname{kernel}(x, t)"}
    names[r"\operatorname{kernel}"] = lambda x, t: Normal(x0, (2 * D * t).sqrt()).log_prob(x).exp()
    check("heat", names)


def test_continuity_in_three_dimensions():
    """A normal law in a trap with a different rate along each axis, turned by a rotation."""
    D, rates, start = uniform(0.3, 0.8), 0.5 + torch.rand(3, dtype=torch.float64), rand(3)
    turn = torch.linalg.qr(rand(3, 3)).Q

    def law(t):
        decay = torch.exp(-rates * t)
        covariance = turn @ torch.diag(0.4 * decay**2 + D / rates * (1 - decay**2)) @ turn.T
        return MultivariateNormal(turn @ (decay * start), covariance)

    def density(x, t):
        return law(t).log_prob(x).exp()

    def current(x, t):
        score = -torch.linalg.solve(law(t).covariance_matrix, x - law(t).mean)
        return density(x, t) * (-turn @ (rates * (turn.T @ x)) - D * score)

    names = {
        r"\mathbf{x}": 0.5 * rand(3), "t": uniform(0.2, 0.6), "d": 3, "p": r"\operatorname{density}(\mathbf{x}, t)",
        r"\operatorname{density}": density, "j_i": r"\mathbf{e}_i^\top \operatorname{current}(\mathbf{x}, t)",
        r"\operatorname{current}": current, r"\mathbf{e}": list(torch.eye(3, dtype=torch.float64)),
    }  # fmt: skip
    check("continuity-d", names)


def test_ito():
    """Mean of a polynomial over three points that drift and diffuse: its exact moments at short times."""
    c, rate = constants(), uniform(0.5, 1.0)
    points, chances = list(rand(3)), torch.softmax(rand(3), 0)

    def mean(t):
        decay = torch.exp(-rate * t)
        m, v = torch.stack(points) * decay, c["D"] / rate * (1 - decay**2)
        return (chances * (m**3 + 3 * m * v + 0.7 * (m**2 + v))).sum()

    names = c | {
        "M": r"\operatorname{mean}(t)", r"\operatorname{mean}": mean, "t": torch.tensor(0.0, dtype=torch.float64),
        "f": lambda x: -rate * x * c["k_B"] * c["T"] / c["D"], r"\varphi": lambda x: x**3 + 0.7 * x**2,
        "p": Distribution(points, chances),
    }  # fmt: skip
    check("ito", names)


def test_parts():
    eq("diffusion_physics-parts").by_program(en="the evaluator has no integrals", zh="求值器不支持积分")
    trap, t = Trap(), uniform(0.2, 0.6)
    x = torch.linspace(-9, 9, 4001, dtype=torch.float64, requires_grad=True)
    time = t.clone().requires_grad_()
    density = trap.density(x, time)
    (slope,) = torch.autograd.grad(density.sum(), x, create_graph=True)
    j = trap.k["D"] / (trap.k["k_B"] * trap.k["T"]) * density * trap.force(x) - trap.k["D"] * slope
    (divergence,) = torch.autograd.grad(j.sum(), x, retain_graph=True)
    rate = torch.func.jacfwd(lambda t: trap.density(x.detach(), t))(t)
    phi = torch.exp(-((x - 0.3) ** 2))
    (phi_slope,) = torch.autograd.grad(phi.sum(), x, retain_graph=True)
    left, middle, right = (
        torch.trapezoid(values.detach(), x.detach()) for values in (phi * rate, phi_slope * j, -phi * divergence)
    )
    torch.testing.assert_close(left, middle, rtol=1e-8, atol=1e-10)
    torch.testing.assert_close(middle, right, rtol=1e-8, atol=1e-10)
    assert abs(left) > 1e-3


class Gap:
    """Two cells on a straight slope and the density between their centres, by a solver of the flux equation."""

    def __init__(self, sign=1):
        self.c = constants()
        self.h, self.left, self.right = uniform(0.5, 1.5), uniform(0.2, 0.6), uniform(0.7, 1.2)
        self.U = uniform(0.5, 1.0), uniform(1.5, 2.5) * (1 if sign > 0 else -1)
        self.force = -(self.U[1] - self.U[0]) / self.h

    def density(self, x, flux):
        """Density at a distance from the left centre that this flux leads to."""
        c = self.c
        solved = scipy.integrate.solve_ivp(
            lambda _, p: float(self.force / (c["k_B"] * c["T"])) * p - flux / float(c["D"]),
            (0, float(x)), [float(self.left)], rtol=1e-12, atol=1e-13,
        )  # fmt: skip
        return solved.y[0, -1]

    def flux(self):
        """The flux that arrives at the right density: the end is linear in it."""
        none, one = self.density(self.h, 0.0), self.density(self.h, 1.0)
        return (float(self.right) - none) / (one - none)


def test_integrating():
    trap = Trap()
    names = trap.names() | {"U": r"\operatorname{energy}(x)"}
    names[r"\operatorname{energy}"] = lambda x: (
        trap.rate * trap.k["k_B"] * trap.k["T"] / trap.k["D"] * (x - trap.centre) ** 2 / 2
    )
    check("integrating", names)


def test_climb():
    gap = Gap()
    c = gap.c
    w = torch.log(torch.exp(gap.U[1] / c["k_B"] / c["T"]) / torch.exp(gap.U[0] / c["k_B"] / c["T"]))
    check("climb", {"w": w, "U_k": gap.U[1], "U_i": gap.U[0], "k_B": c["k_B"], "T": c["T"]})


def bernoulli_series(w):
    """B(w) by its series, B(w) = 1 - w/2 + Σ b_2n w^2n / (2n)!, for small w."""
    numbers = {2: 1 / 6, 4: -1 / 30, 6: 1 / 42, 8: -1 / 30, 10: 5 / 66, 12: -691 / 2730, 14: 7 / 6}
    return 1 - w / 2 + sum(b * w**n / math.factorial(n) for n, b in numbers.items())


def test_bernoulli():
    for w in (uniform(0.3, 0.6), -uniform(0.3, 0.6)):
        check("bernoulli", {"B": bernoulli_series, "w": w})
        check("bernoulli-mirrored", {"B": bernoulli_series, "w": w})


@pytest.mark.parametrize("sign", [1, -1])
def test_gap(sign):
    gap = Gap(sign)
    c = gap.c
    w = (gap.U[1] - gap.U[0]) / (c["k_B"] * c["T"])
    names = {"D": c["D"], "h": gap.h, "B": r"\operatorname{bernoulli}", "w": w, "p_i": gap.left, "p_k": gap.right}
    names["B"] = lambda w: w / torch.expm1(w)
    check("gap", names | {"j": gap.flux()}, tolerance=1e-8)


def test_rates():
    """What leaves one cell for its empty neighbour, by the solver."""
    for sign in (1, -1):
        gap = Gap(sign)
        gap.right = torch.tensor(0.0, dtype=torch.float64)
        rate = gap.flux() / float(gap.left * gap.h)
        names = {"A_{ki}": rate, "U_k": gap.U[1], "U_i": gap.U[0], "h": gap.h, "B": lambda w: w / torch.expm1(w)}
        check("rates", gap.c | names, tolerance=1e-8)


def test_detailed_balance():
    c, h = constants(), uniform(0.5, 1.5)
    potential = rand(N)
    A = transition_rates(potential, float(h), float(c["D"]), float(c["k_B"] * c["T"]))
    names = {"A": A, r"\mathbf{U}": potential, "k_B": c["k_B"], "T": c["T"]}
    for i, k in ((2, 3), (3, 2), (4, 5)):
        check("detailed-balance", names, forall={"i": [i], "k": [k]})


def test_implicit():
    A, tau = transition_rates(rand(N), 0.7, 0.4, 1.3), uniform(0.3, 0.9)
    P = fokker_planck(torch.softmax(rand(N), 0), A, float(tau), 3)
    names = {r"\mathbf{A}": A, r"\tau": tau, r"\mathbf{I}": torch.eye(N, dtype=torch.float64)}
    check("implicit", names | {r"\mathbf{P}": dict(enumerate(P))}, forall={"t": [0, 1, 2]})


# After a long time


def linear(t, rate, D, m0, v0):
    """Mean and variance by the matrix exponential of their linear equations."""
    zero = torch.zeros((), dtype=torch.float64)
    generator = torch.stack(
        [torch.stack([-rate, zero, zero]), torch.stack([zero, -2 * rate, 2 * D]), torch.stack([zero, zero, zero])]
    )
    return torch.linalg.matrix_exp(t * generator) @ torch.stack([m0, v0, zero + 1])


class Relaxing:
    def __init__(self, unit=False):
        self.rate, self.m0, self.v0, self.t = uniform(0.5, 1.0), uniform(0.5, 1.5), uniform(1.5, 2.5), uniform(0.3, 0.9)
        self.D = self.rate if unit else uniform(1.2, 1.8)

    def moments(self, t):
        return linear(t, self.rate, self.D, self.m0, self.v0)

    def names(self):
        m, v = self.moments(self.t)[:2]
        return {
            r"\theta": self.rate, "D": self.D, "m_0": self.m0, "v_0": self.v0, "t": self.t, "m": m, "v": v,
        }  # fmt: skip


def test_trap():
    """The relaxation rate of a simulated mean: one Euler step without noise."""
    c, stiffness, tau = constants(), uniform(0.5, 1.5), 0.01
    x = uniform(1.0, 2.0).reshape(1)

    def drift(x, _):
        force = -torch.func.grad(lambda y: 0.5 * stiffness * (y**2).sum())(x)
        return c["D"] * force / c["T"] / c["k_B"]

    later = euler_maruyama(drift, x, torch.tensor([0.0, tau], dtype=torch.float64), 0.0)[-1]
    check("trap", c | {r"\theta": ((x - later) / (x * tau))[0], "k": stiffness})


def test_moment_equations():
    """Against sums over points that each relax by their exact transition."""
    r = Relaxing()
    points, chances = rand(4), torch.softmax(rand(4), 0)

    def mean(t):
        return (chances * points * torch.exp(-r.rate * t)).sum()

    def variance(t):
        decay = torch.exp(-r.rate * t)
        spread = (chances * (points * decay) ** 2).sum() - mean(t) ** 2
        return spread + r.D / r.rate * (1 - decay**2)

    names = {"m": r"\operatorname{mean}(t)", "v": r"\operatorname{variance}(t)", r"\operatorname{mean}": mean}
    names |= {r"\operatorname{variance}": variance, "t": r.t, r"\theta": r.rate, "D": r.D}
    check("moment-equations", names)


def test_ou_solution():
    check("ou-solution", Relaxing().names())


def test_preserving():
    names = Relaxing(unit=True).names()
    check("preserving", {name: names[name] for name in ("v", "v_0", r"\theta", "t")})


def test_stationary():
    c, k = constants(), uniform(0.5, 1.5)
    rate = c["D"] * k / (c["k_B"] * c["T"])
    zero = torch.zeros((), dtype=torch.float64)
    limit = linear(torch.tensor(300.0, dtype=torch.float64), rate, c["D"], zero, zero + 2)[1]
    check("stationary", c | {r"v_\infty": limit, r"\theta": rate, "k": k})


def mixture():
    w, m, v = torch.softmax(rand(3), 0), rand(3), uniform(0.2, 0.5) + rand(3) ** 2
    law = MixtureSameFamily(Categorical(w), Normal(m, v.sqrt()))
    names = {"w": list(w), "m": list(m), "v": list(v), "K": 3, "x": uniform(0.3, 1.0)}
    return names, law, Normal(m, v.sqrt()), w


def test_mixture():
    names, law, _, _ = mixture()
    check("mixture", names | {"p": lambda x: law.log_prob(x).exp()})


def test_mixture_score():
    names, law, parts, w = mixture()
    shares = torch.softmax(w.log() + parts.log_prob(names["x"]), 0)
    del names["w"]
    check("mixture-score", names | {"r": list(shares), "p": lambda x: law.log_prob(x).exp()})


def test_exploding():
    """Data of three points plus three hops, all places enumerated."""
    data, chances = rand(3), torch.softmax(rand(3), 0)
    h, tau, n = uniform(0.3, 0.8), uniform(0.2, 0.4), 3
    hops = [(-3.0, 1 / 8), (-1.0, 3 / 8), (1.0, 3 / 8), (3.0, 1 / 8)]
    after = [(x + h * hop, p * q) for x, p in zip(data, chances, strict=True) for hop, q in hops]
    names = {
        "Y": RandomVariable(list(data), chances),
        "X": RandomVariable([x for x, _ in after], torch.stack([p for _, p in after])),
        "D": h**2 / (2 * tau), "t": n * tau,
    }  # fmt: skip
    check("exploding", names)


def test_kurtosis():
    """Fourth moments of a widened mixture of points, against those of the points."""
    data, chances = rand(4), torch.softmax(rand(4), 0)
    D, t = uniform(0.3, 0.8), uniform(0.3, 0.9)
    centred = data - (chances * data).sum()

    def moments(extra):
        second = (chances * (centred**2 + extra)).sum()
        fourth = (chances * (centred**4 + 6 * centred**2 * extra + 3 * extra**2)).sum()
        return second, fourth / second**2 - 3

    v0, before = moments(torch.zeros((), dtype=torch.float64))
    _, after = moments(2 * D * t)
    check("kurtosis", {r"\gamma": after, r"\gamma_0": before, "v_0": v0, "D": D, "t": t})


# The force that turns the flux round


def test_condition():
    """The reversed force, found by bisection on the flux."""
    trap = Trap()
    names = trap.names()
    x, t = names["x"], names["t"]
    p, slope = trap.density(x, t), derivative(lambda y: trap.density(y, t), x)
    D, kT = trap.k["D"], trap.k["k_B"] * trap.k["T"]

    def flux(force):
        return float(D / kT * p * force - D * slope)

    forward = flux(trap.force(x))
    reversed_force = scipy.optimize.brentq(lambda force: flux(force) + forward, -500, 500, xtol=1e-13)
    given = names | {r"\tilde{f}": reversed_force}
    without_diffusion = {name: value for name, value in given.items() if name not in ("D", "j")}
    check("condition", without_diffusion, tolerance=1e-8)
    check("reversed-force", without_diffusion, tolerance=1e-8)


def test_reversed_flux():
    trap = Trap()
    names = trap.names()
    names |= {r"\tilde{j}": r"\operatorname{reversed}(x, t)"}
    names[r"\operatorname{reversed}"] = lambda x, t: -trap.current(x, t)
    check("reversed-flux", names, given=["diffusion_physics-reversed-force"])


def test_equilibrium():
    c, x = constants(), uniform(0.5, 1.0)
    kT = c["k_B"] * c["T"]
    force = -derivative(energy, x)
    score = derivative(lambda y: torch.log(torch.exp(-energy(y) / kT)), x)
    same = dict.fromkeys(
        (
            r"f in place of: \tilde{f}",
            r"\tilde{f} in place of: f",
            r"\tilde{f} in place of: f (2)",
            r"\tilde{f} in place of: f (3)",
        ),
        "in equilibrium the reversed force is the force",
    )
    names = {r"\tilde{f}": 2 * kT * score - force, "f": force, "k_B": c["k_B"], "T": c["T"]}
    check("equilibrium", names, equivalent=same)


# Back in time


def test_mirrored():
    """The components' moments followed back from the last law, against the forward ones."""
    trap, end, s = Trap(), uniform(0.7, 0.9), uniform(0.2, 0.4)
    last, limit = trap.law(end).component_distribution, trap.k["D"] / trap.rate

    def backward(x, s):
        growth = torch.exp(trap.rate * s)
        means = trap.centre + (last.mean - trap.centre) * growth
        variances = limit + (last.variance - limit) * growth**2
        return MixtureSameFamily(Categorical(trap.w), Normal(means, variances.sqrt())).log_prob(x).exp()

    check("mirrored", {r"\tilde{p}": backward, "p": trap.density, "x": uniform(-1.0, 1.0), "s": s, "t_*": end})


def test_mirrored_continuity():
    trap = Trap()
    names = trap.names() | {
        "s": uniform(0.2, 0.4), "t_*": uniform(0.7, 0.9), "t": r"t_* - s",
        r"\tilde{p}": r"\operatorname{density}(x, t_* - s)", r"\tilde{j}": r"-\operatorname{current}(x, t_* - s)",
    }  # fmt: skip
    same = {r"p in place of: \tilde{p}": "at t = t_* - s both are the same function of s"}
    check("mirrored-continuity", names, equivalent=same)


def test_reverse_step():
    """Steps of the module with the reversed force, for a score from torch's mixture."""
    trap, c, tau = Trap(), constants(), uniform(0.05, 0.2)

    def score(y):
        return torch.func.vmap(torch.func.grad(lambda x: trap.law(0.4).log_prob(x)))(y.reshape(-1)).reshape(y.shape)

    def drift(y, _):
        reversed_force = -torch.cos(y) + 2 * c["k_B"] * c["T"] * score(y)
        return c["D"] / (c["k_B"] * c["T"]) * reversed_force

    times = torch.cumsum(torch.tensor([0.0] + 2 * [tau], dtype=torch.float64), 0)
    generator = torch.Generator().manual_seed(3)
    y = euler_maruyama(drift, rand(2), times, float(c["D"]), generator)[:, 0]
    generator.manual_seed(3)
    noise = [torch.randn(2, generator=generator, dtype=torch.float64)[0] for _ in range(2)]
    names = c | {"f": torch.cos, "g": score, r"\tau": tau, "y": dict(enumerate(y)), r"\xi": dict(enumerate(noise))}
    check("reverse-step", names, forall={"s": [0, 1]})


def test_square():
    D, tau = uniform(0.3, 0.8), uniform(0.2, 0.6)
    check("square", {"D": D, r"\tau": tau, "g": uniform(0.5, 1.5), "b": uniform(0.4, 0.9), "u": uniform(1.0, 2.0)})


def solved_variance(score_factor, follows, noise, D, v0, duration, rtol=1e-11):
    """Variance on the way back, by a solver."""

    def slope(s, v):
        variance = v0 + 2 * D * (duration - s if follows else duration)
        return -2 * score_factor * D * v / variance + 2 * D * noise

    solved = scipy.integrate.solve_ivp(slope, (0, duration), [v0 + 2 * D * duration], rtol=rtol, atol=1e-13)
    return solved.y[0, -1]


def test_variance_back():
    """The slope of the variance of points under the reverse equation, from one exact short-time expansion."""
    D, v0, end, s = uniform(0.3, 0.8), uniform(0.2, 0.5), uniform(1.0, 1.5), uniform(0.2, 0.6)
    S = Normal(0, (v0 + 2 * D * (end - s)).sqrt()).variance
    points, chances = rand(4), torch.softmax(rand(4), 0)
    points = points - (chances * points).sum()

    def variance(elapsed):
        """Each point moves with the drift 2 D times the score at its place, and diffuses."""
        score = torch.func.vmap(torch.func.grad(lambda x: Normal(0, S.sqrt()).log_prob(x)))(points)
        return (chances * (points + elapsed * 2 * D * score) ** 2).sum() + 2 * D * elapsed

    zero = torch.zeros((), dtype=torch.float64)
    names = {"D": D, "v_0": v0, "t_*": end, "s": s, "S": S, "v": variance(zero)}
    names[r"\frac{\mathrm{d} v}{\mathrm{d} s}"] = derivative(variance, 0.0)
    check("variance-back", names)


def test_frozen_and_silent():
    D, v0, duration = uniform(0.3, 0.8), uniform(0.2, 0.5), uniform(1.0, 1.5)
    numbers = float(D), float(v0), float(duration)
    names = {"v_*": v0 + 2 * D * duration}
    frozen = solved_variance(2, False, True, *numbers)
    check("frozen", names | {"v": frozen, "D": D, "t_*": duration}, tolerance=1e-8)
    silent = solved_variance(2, True, False, *numbers)
    check("silent", names | {"v": silent, "v_0": v0}, tolerance=1e-8)


# Without noise


def test_velocity():
    trap = Trap()
    names = trap.names()
    x, t = names["x"], names["t"].clone().requires_grad_()
    rank = torch.func.grad(lambda t: trap.cumulative(x, t))(t.detach())
    velocity = -rank / derivative(lambda y: trap.cumulative(y, t.detach()), x)
    check("velocity", names | {"u": velocity})


def flow(trap, x, t):
    """Velocity that keeps the rank."""
    density = trap.density(x, t)
    return trap.current(x, t) / density


def with_flow(trap):
    return trap.names() | {"u": r"\operatorname{flow}(x, t)", r"\operatorname{flow}": lambda x, t: flow(trap, x, t)}


def test_transport():
    check("transport", with_flow(Trap()))


def test_family():
    trap = Trap()
    share = uniform(0.3, 0.8)
    names = trap.names() | {r"\lambda": share}
    x, t = names["x"], names["t"]
    score = derivative(lambda y: trap.law(t).log_prob(y), x)
    drift = trap.k["D"] / (trap.k["k_B"] * trap.k["T"]) * trap.force(x)
    velocity = drift - trap.k["D"] * score
    b = -velocity + share**2 * trap.k["D"] * score
    check("family", {name: value for name, value in names.items() if name != "j"} | {"b": b})
    check("family-flux", names | {"b": b})


def test_gaussian_flow():
    """A solver of the probability flow of a normal law in a trap."""
    r = Relaxing()

    def velocity(t, x):
        m, v = r.moments(torch.tensor(t, dtype=torch.float64))[:2]
        return float(-r.rate * x[0] + r.D * (x[0] - m) / v)

    x0 = uniform(2.0, 3.0)
    solved = scipy.integrate.solve_ivp(velocity, (0, float(r.t)), [float(x0)], rtol=1e-11, atol=1e-12)
    m, v = r.moments(r.t)[:2]
    names = {"x_t": solved.y[0, -1], "x_0": x0, "m_t": m, "m_0": r.m0, "v_t": v, "v_0": r.v0}
    check("gaussian-flow", names, tolerance=1e-8)


def test_rank():
    """Both sides are zero up to rounding with the flow's own velocity; another one shows that the terms are right."""
    trap = Trap()
    names = with_flow(trap) | {"F": r"\operatorname{share}(x, t)", r"\operatorname{share}": trap.cumulative}
    check("rank", names | {"u": uniform(0.5, 1.5)})


def test_log_density():
    check("log-density", with_flow(Trap()))
