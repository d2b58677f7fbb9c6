"""The chapter's flux, reversal, particles, exact moments and finite volumes, against solvers and by their laws."""

import math

import numpy as np
import pytest
import scipy.integrate
import scipy.linalg
import sympy
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from dlnotes import runs
from dlnotes.diffusion_physics import (
    Mixture,
    bernoulli,
    boltzmann,
    euler_maruyama,
    flux,
    fokker_planck,
    ornstein_uhlenbeck,
    probability_flow,
    reversed_force,
    transition_rates,
)
from dlnotes.experiments import diffusion_physics as experiment
from dlnotes.experiments import diffusion_physics_spread, diffusion_physics_well

POSITIVE = st.floats(0.1, 5.0)


def normal(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def mixture(components=3, seed=0):
    return Mixture(
        torch.softmax(normal(components, seed=seed), 0),
        2 * normal(components, seed=seed + 1),
        0.1 + normal(components, seed=seed + 2) ** 2,
    )


def as_torch(p: Mixture) -> torch.distributions.Distribution:
    parts = torch.distributions.Normal(p.means, p.variances.sqrt())
    return torch.distributions.MixtureSameFamily(torch.distributions.Categorical(p.weights), parts)


# ---- Flux, reversed force, velocity


def test_reversed_flux_symbolically():
    """j[f'] + j[f] = 0 and j[f] = p v for every density and force, by computer algebra."""
    x, D, kT = sympy.symbols("x D kT", positive=True)
    p, f = sympy.Function("p")(x), sympy.Function("f")(x)

    def j(force):
        return -D * p.diff(x) + D / kT * p * force

    score = sympy.log(p).diff(x)
    assert sympy.simplify(j(-f + 2 * kT * score) + j(f)) == 0
    assert sympy.simplify(j(f) - p * (D / kT * f - D * score)) == 0
    assert sympy.simplify(j(-f + kT * score) + j(f)) != 0


@given(D=POSITIVE, kT=POSITIVE, seed=st.integers(0, 99))
@settings(max_examples=20, deadline=None)
def test_flux_of_reversed_force_and_velocity(D, kT, seed):
    p, x, f = mixture(seed=seed), normal(11, seed=seed), normal(11, seed=seed + 5)
    density, score = p.log_density(x).exp(), p.score(x)
    forward = flux(density, density * score, f, D, kT)
    backward = flux(density, density * score, reversed_force(f, score, kT), D, kT)
    torch.testing.assert_close(backward, -forward)
    torch.testing.assert_close(density * probability_flow(f, score, D, kT), forward)


def test_boltzmann_has_no_flux():
    x = torch.linspace(-2, 2, 9, dtype=torch.float64, requires_grad=True)
    energy = x**4 - x**2
    density = torch.exp(-energy / 0.7)
    (force,) = torch.autograd.grad(-energy.sum(), x, retain_graph=True)
    (slope,) = torch.autograd.grad(density.sum(), x)
    torch.testing.assert_close(flux(density, slope, force, 0.3, 0.7), torch.zeros_like(force), rtol=0, atol=1e-14)
    assert flux(density, slope, force, 0.3, 0.8).abs().max() > 0.01


# ---- Exact moments and mixtures


@given(
    rate=st.sampled_from([0.0, 1e-12, 0.3, 2.0]), D=POSITIVE, time=st.floats(0, 3), mean=st.floats(-3, 3), v=POSITIVE
)
@settings(max_examples=25, deadline=None)
def test_moments_solve_their_equations(rate, D, time, mean, v):
    """Against a solver of dm/dt = -θ m and dv/dt = -2 θ v + 2 D."""
    solved = scipy.integrate.solve_ivp(
        lambda _, y: [-rate * y[0], -2 * rate * y[1] + 2 * D], (0, time), [mean, v], rtol=1e-10, atol=1e-12
    )
    found = ornstein_uhlenbeck(torch.tensor(mean), torch.tensor(v), time, rate, D)
    np.testing.assert_allclose([found.mean, found.variance], solved.y[:, -1], rtol=1e-5, atol=1e-6)


def test_two_times_are_as_their_sum():
    p = mixture()
    once, twice = p.after(0.7, 1.3, 0.4), p.after(0.2, 1.3, 0.4).after(0.5, 1.3, 0.4)
    for a, b in zip(once, twice, strict=True):
        torch.testing.assert_close(a, b)


@pytest.mark.parametrize("shape", [(), (7,), (2, 3)])
def test_mixture_as_torch(shape):
    p, x = mixture(), normal(*shape, seed=4)
    torch.testing.assert_close(p.log_density(x), as_torch(p).log_prob(x))
    assert p.log_density(torch.zeros(0, *shape)).shape == p.score(torch.zeros(0, *shape)).shape == (0, *shape)


def test_score_is_the_derivative_even_far_away():
    p, x = mixture(), torch.tensor([-300.0, -1.0, 0.0, 2.0, 300.0], dtype=torch.float64, requires_grad=True)
    (slope,) = torch.autograd.grad(as_torch(p).log_prob(x).sum(), x)
    torch.testing.assert_close(p.score(x.detach()), slope)
    assert torch.isfinite(slope).all()


def test_samples_have_the_moments_of_the_mixture():
    p = mixture()
    x = p.sample(200_000, torch.Generator().manual_seed(0))
    reference = as_torch(p)
    assert abs(x.mean() - reference.mean) < 4 * (reference.variance / len(x)).sqrt()
    assert abs(x.var() / reference.variance - 1) < 0.02


# ---- Particles


def test_without_noise_it_is_eulers_method_at_uneven_times():
    times = torch.tensor([0.0, 0.1, 0.4, 0.5])
    x = euler_maruyama(lambda x, t: t - x, torch.tensor([2.0, -1.0]), times, diffusion=0.0)
    expected = [torch.tensor([2.0, -1.0])]
    for begin, end in ((0.0, 0.1), (0.1, 0.4), (0.4, 0.5)):
        expected.append(expected[-1] + (end - begin) * (begin - expected[-1]))
    torch.testing.assert_close(x, torch.stack(expected))


def test_particles_in_a_trap_have_the_exact_moments():
    """Euler–Maruyama with a linear drift multiplies variances by (1 - θτ)² a step; the exact law is its limit."""
    start = torch.full((200_000,), 2.0, dtype=torch.float64)
    times = torch.linspace(0, 1, 201)
    x = euler_maruyama(lambda x, _: -1.5 * x, start, times, 0.8, torch.Generator().manual_seed(1))[-1]
    exact = ornstein_uhlenbeck(torch.tensor(2.0), torch.tensor(0.0), 1.0, 1.5, 0.8)
    assert abs(x.mean() - exact.mean) < 0.01
    assert abs(x.var() / exact.variance - 1) < 0.015


@pytest.mark.parametrize("shape", [(0,), (3,), (2, 3)])
def test_particles_keep_shape_and_type(shape):
    x = euler_maruyama(lambda x, _: -x, torch.zeros(shape, dtype=torch.float64), torch.tensor([0.0, 0.1, 0.2]), 1.0)
    assert x.shape == (3, *shape) and x.dtype == torch.float64


# ---- Finite volumes


@given(w=st.floats(-600, 600))
def test_bernoulli(w):
    """B(-w) = B(w) + w, and the quotient is e^w: what makes Boltzmann's law stationary."""
    both = bernoulli(torch.tensor([w, -w], dtype=torch.float64))
    assert (both >= 0).all() and torch.isfinite(both).all()
    assert both[1] - both[0] == pytest.approx(w, abs=1e-9, rel=1e-9)
    expected = 1.0 if w == 0 else w / math.expm1(w) if w < 500 else 0.0
    assert both[0].item() == pytest.approx(expected, abs=1e-12)


@given(
    cells=st.integers(2, 12), h=POSITIVE, D=POSITIVE, kT=POSITIVE, step=st.floats(0.001, 1000), seed=st.integers(0, 9)
)
@settings(max_examples=40, deadline=None)
def test_rates_and_steps(cells, h, D, kT, step, seed):
    """Columns sum to zero, Boltzmann's law is stationary, no step makes a probability negative or loses any."""
    potential = 3 * normal(cells, seed=seed)
    rates = transition_rates(potential, h, D, kT)
    scale = rates.abs().max()
    assert rates.sum(dim=0).abs().max() < 1e-12 * scale
    assert (rates @ boltzmann(potential, kT)).abs().max() < 1e-12 * scale
    assert (rates - rates.diag().diag() >= 0).all()
    start = torch.zeros(cells, dtype=torch.float64)
    start[0] = 1
    evolution = fokker_planck(start, rates, step, 3)
    assert (evolution >= 0).all()
    torch.testing.assert_close(evolution.sum(dim=1), torch.ones(4, dtype=torch.float64))


def test_steps_converge_to_the_matrix_exponential():
    rates = transition_rates(normal(6), 0.5, 1.0, 0.8)
    start = torch.softmax(normal(6, seed=3), 0)
    exact = torch.from_numpy(scipy.linalg.expm(0.4 * rates.numpy())) @ start
    errors = [(fokker_planck(start, rates, 0.4 / n, n)[-1] - exact).abs().sum() for n in (200, 400)]
    assert errors[0] / errors[1] == pytest.approx(2, rel=0.02)


def test_cells_converge_to_the_exact_density():
    """Second order in the width: a normal distribution in a trap, at four times the cells a sixteenth of the error."""
    errors = []
    for cells in (60, 120):
        h = 12 / cells
        x = -6 + h * (torch.arange(cells, dtype=torch.float64) + 0.5)
        rates = transition_rates(x**2 / 2, h, 1.0, 1.0)
        exact = Mixture(*(torch.tensor([value], dtype=torch.float64) for value in (1.0, 1.5, 0.5)))
        start, end = (h * p.log_density(x).exp() for p in (exact, exact.after(0.5, 1.0, 1.0)))
        found = torch.from_numpy(scipy.linalg.expm(0.5 * rates.numpy())) @ start
        errors.append((found - end).abs().sum())
    assert errors[0] / errors[1] == pytest.approx(4, rel=0.1)


# ---- Bad input


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: flux(*torch.ones(3, 2), diffusion=0.0, temperature=1.0), "diffusion must be positive, got 0.0"),
        (lambda: reversed_force(*torch.ones(2, 2), temperature=-1.0), "temperature must be positive, got -1.0"),
        (lambda: probability_flow(*torch.ones(2, 2), diffusion=1.0, temperature=0.0), "temperature must be positive"),
        (
            lambda: euler_maruyama(lambda x, t: x, torch.ones(2), torch.tensor([0.0, 1.0]), -1.0),
            "diffusion must not be negative, got -1.0; to go back in time, reverse the force",
        ),
        (
            lambda: euler_maruyama(lambda x, t: x, torch.ones(2), torch.tensor([1.0, 0.0]), 1.0),
            "times must increase",
        ),
        (lambda: ornstein_uhlenbeck(*torch.ones(2), -1.0, 1.0, 1.0), "time must not be negative, got -1.0"),
        (lambda: transition_rates(torch.zeros(3), 0.0, 1.0, 1.0), "spacing must be positive, got 0.0"),
        (lambda: fokker_planck(torch.ones(3), torch.eye(2), 1.0, 1), r"square matrix for 3 cells, got \(2, 2\)"),
        (lambda: fokker_planck(torch.ones(2), torch.eye(2), 0.0, 1), "step must be positive, got 0.0"),
        (lambda: boltzmann(torch.ones(2), 0.0), "temperature must be positive"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()


# ---- Experiments


def test_smoke_runs():
    """Shapes and plain facts of a tiny run of each experiment."""
    reversal = experiment.smoke()
    assert reversal.array("paths_sde").shape == (12, 5) and reversal.array("frames").shape == (3, 70)
    well = diffusion_physics_well.smoke()
    np.testing.assert_allclose(well.array("equation").sum(1), 1, rtol=1e-5)
    assert well.array("histogram").shape == (2, 2, 60)
    spread = diffusion_physics_spread.smoke()
    np.testing.assert_allclose(spread.result("square_2"), 2 * 2 * 0.5 * 0.5, rtol=0.4)


def test_distance_to_the_target():
    """The Wasserstein distance of a shifted sample is the shift."""
    target = Mixture(*(torch.tensor([value], dtype=torch.float64) for value in (1.0, 0.5, 0.5)))
    x = target.sample(20_000, torch.Generator().manual_seed(0))
    assert experiment.wasserstein(x, target) < 0.02
    assert experiment.wasserstein(x + 0.4, target) == pytest.approx(0.4, abs=0.02)


def test_what_the_page_says_of_the_runs():
    """The right ways come back to sampling error, the wrong ones do not, in every seed."""
    run = runs.load("diffusion_physics")
    assert run.max("distance_sde") < 0.03 and run.max("distance_ode") < 0.03
    for wrong in ("frozen", "silent", "single"):
        assert run.min(f"distance_{wrong}") > 10 * run.max("distance_sde")
    gap = run.result("correlation_sde") - run.result("correlation_forth")
    assert np.abs(gap).max() < 0.03
    assert run.min("correlation_ode") > 0.8
    well = runs.load("diffusion_physics_well")
    assert well.max("error") < 0.02 < well.min("error_long")
    spread, rate = runs.load("diffusion_physics_spread"), 2 * 0.5 * 4.0
    for d in (1, 2, 3):
        assert spread.mean(f"square_{d}") == pytest.approx(d * rate, rel=0.01)
        assert spread.mean(f"variance_{d}") == pytest.approx(rate, rel=0.01)
