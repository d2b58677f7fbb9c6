"""The chapter's optimiser against torch, its rates against eigenvalues and against what is measured."""

import copy
import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.optim.lr_scheduler import StepLR

from dlnotes import gradient_descent, runs
from dlnotes.experiments import momentum as experiment
from dlnotes.momentum import (
    SGD,
    ema_gain,
    growing_momentum,
    heavy_ball,
    heavy_ball_radius,
    nesterov,
    nesterov_radius,
    noise_floor,
    optimal_heavy_ball,
    optimal_nesterov,
)

SHAPES = st.lists(st.lists(st.integers(0, 4), max_size=3).map(tuple), min_size=1, max_size=4)
OPTIONS = st.fixed_dictionaries(
    {
        "lr": st.floats(0, 2),
        "momentum": st.sampled_from([0.0, 0.5, 0.9, 1.0, 1.3]),
        "dampening": st.sampled_from([0.0, 0.3, 1.0, -0.5]),
        "weight_decay": st.sampled_from([0.0, 0.1, 3.0]),
        "nesterov": st.booleans(),
        "maximize": st.booleans(),
    }
).map(lambda o: o | ({"dampening": 0.0} if o["nesterov"] and o["momentum"] else {"nesterov": False}))
CURVED = {"rtol": 1e-9, "atol": 1e-12}


def normal(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def parameters(shapes, seed):
    return [normal(*shape, seed=seed + i).requires_grad_() for i, shape in enumerate(shapes)]


def assert_same(ours, theirs):
    for a, b in zip(ours, theirs, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-12, atol=1e-12)


def walk(params, optimizer, steps, seed=0):
    """Steps with random gradients; each parameter has none in some of the steps."""
    for step in range(seed, seed + steps):
        for i, param in enumerate(params):
            param.grad = None if (step + i) % 3 == 0 else normal(*param.shape, seed=100 * step + i)
        optimizer.step()


# ---- The optimiser


@pytest.mark.parametrize("foreach", [False, True])
@given(shapes=SHAPES, options=OPTIONS, seed=st.integers(0, 999))
@settings(max_examples=40, deadline=None)
def test_sgd_equals_torch(foreach, shapes, options, seed):
    ours, theirs = parameters(shapes, seed), parameters(shapes, seed)
    optimizers = SGD(ours, **options), torch.optim.SGD(theirs, **options, foreach=foreach)
    for params, optimizer in zip((ours, theirs), optimizers, strict=True):
        walk(params, optimizer, 5)
    assert_same(ours, theirs)


@given(shapes=SHAPES, weight_decay=st.sampled_from([0.0, 0.3]), maximize=st.booleans(), seed=st.integers(0, 99))
@settings(max_examples=20, deadline=None)
def test_sgd_without_momentum_is_the_plain_one(shapes, weight_decay, maximize, seed):
    ours, plain = parameters(shapes, seed), parameters(shapes, seed)
    for params, kind in ((ours, SGD), (plain, gradient_descent.SGD)):
        walk(params, kind(params, lr=0.2, weight_decay=weight_decay, maximize=maximize), 4)
    assert_same(ours, plain)


def test_sgd_has_groups_and_closures():
    def groups(params):
        return [
            {"params": params[:1], "momentum": 0.9, "nesterov": True},
            {"params": params[1:2], "lr": 0.5, "momentum": 0.5, "dampening": 0.2},
            {"params": params[2:], "weight_decay": 0.3},
        ]

    shapes = [(3,), (2, 2), (1,)]
    ours, theirs = parameters(shapes, 0), parameters(shapes, 0)
    for params, kind in ((ours, SGD), (theirs, torch.optim.SGD)):
        optimizer = kind(groups(params), lr=0.1)

        def closure(params=params, optimizer=optimizer):
            optimizer.zero_grad()
            loss = sum(param.square().sum() for param in params)
            loss.backward()
            return loss

        losses = [optimizer.step(closure).item() for _ in range(3)]
        assert losses[0] > losses[1] > losses[2]
    assert_same(ours, theirs)


@pytest.mark.parametrize("kind", [SGD, torch.optim.SGD], ids=["ours", "torch's"])
def test_a_state_that_was_saved_goes_on_as_if_nothing_had_been(kind):
    """Also a state of torch's optimiser: both name the velocity momentum_buffer."""
    params, uninterrupted = parameters([(3,), (2, 2)], 0), parameters([(3,), (2, 2)], 0)
    options = {"lr": 0.3, "momentum": 0.8, "nesterov": True}
    first, whole = kind(params, **options), SGD(uninterrupted, **options)
    walk(params, first, 3)
    walk(uninterrupted, whole, 3)
    second = SGD(params, lr=9.0)
    second.load_state_dict(copy.deepcopy(first.state_dict()))
    walk(params, second, 3, seed=3)
    walk(uninterrupted, whole, 3, seed=3)
    assert_same(params, uninterrupted)


def test_sgd_takes_a_tensor_as_learning_rate_and_follows_a_scheduler():
    ours, theirs = parameters([(2,)], 0), parameters([(2,)], 0)
    for params, kind in ((ours, SGD), (theirs, torch.optim.SGD)):
        optimizer = kind(params, lr=torch.tensor(0.5, dtype=torch.float64), momentum=0.9)
        schedule = StepLR(optimizer, step_size=1, gamma=0.5)
        for _ in range(4):
            walk(params, optimizer, 1, seed=1)
            schedule.step()
    assert_same(ours, theirs)


def test_gradients_of_several_types_and_no_gradient_at_all():
    ours = [torch.ones(2, dtype=dtype, requires_grad=True) for dtype in (torch.float32, torch.float64, torch.complex64)]
    theirs = [param.detach().clone().requires_grad_() for param in ours]
    for params, kind in ((ours, SGD), (theirs, torch.optim.SGD)):
        optimizer = kind(params, lr=0.1, momentum=0.9)
        optimizer.step()
        for _ in range(2):
            for param in params:
                param.grad = torch.full_like(param, 0.5)
            optimizer.step()
    assert all(torch.equal(a, b) for a, b in zip(ours, theirs, strict=True))


@pytest.mark.parametrize("options", [{"nesterov": True}, {"weight_decay": 0.1}, {"maximize": True}])
def test_the_gradients_are_left_as_autograd_made_them(options):
    w = torch.ones(2, requires_grad=True)
    w.grad = torch.ones(2)
    optimizer = SGD([w], lr=0.1, momentum=0.9, **options)
    optimizer.step()
    optimizer.step()
    assert torch.equal(w.grad, torch.ones(2))


@pytest.mark.parametrize("option", ["lr", "momentum", "weight_decay"])
@pytest.mark.parametrize("value", [-0.1, math.nan])
def test_sgd_refuses_negative_options(option, value):
    with pytest.raises(ValueError, match=rf"{option} must not be negative, got"):
        SGD([torch.zeros(1, requires_grad=True)], **{option: value})


def test_sgd_refuses_what_makes_no_sense():
    w = torch.zeros(2, requires_grad=True)
    for options in ({"momentum": 0.0}, {"momentum": 0.9, "dampening": 0.1}):
        with pytest.raises(ValueError, match="nesterov needs momentum > 0 and dampening = 0, got momentum="):
            SGD([w], nesterov=True, **options)
    with pytest.raises(ValueError, match=r"lr must be one number, got a tensor of shape \(2,\)"):
        SGD([w], lr=torch.ones(2))
    w.grad = torch.sparse_coo_tensor([[0]], [1.0], (2,), check_invariants=True)
    for options in ({}, {"momentum": 0.9}):
        with pytest.raises(RuntimeError, match="SGD got a sparse gradient; make it dense"):
            SGD([w], **options).step()


# ---- Paths


def bowl(seed, size=4):
    factor = normal(size, size, seed=seed)
    hessian = factor @ factor.T + 0.2 * torch.eye(size, dtype=torch.float64)
    return hessian, lambda w: 0.5 * w @ hessian @ w + w.sin().sum()


@given(seed=st.integers(0, 99), lr=st.floats(0.001, 0.1), momentum=st.floats(0.1, 0.95))
@settings(max_examples=20, deadline=None)
def test_paths_are_those_of_torch(seed, lr, momentum):
    """torch's Nesterov optimiser holds the point ahead, where the gradient is taken: θ + β ν."""
    _, f = bowl(seed)
    start, steps = normal(4, seed=seed + 1), 8
    for ours, ahead in ((heavy_ball, False), (nesterov, True)):
        points = ours(f, start, lr, momentum, steps)
        w = start.clone().requires_grad_()
        optimizer = torch.optim.SGD([w], lr=lr, momentum=momentum, nesterov=ahead)
        for t in range(1, steps + 1):
            optimizer.zero_grad()
            f(w).backward()
            optimizer.step()
            glide = momentum * (points[t] - points[t - 1]) if ahead else 0
            torch.testing.assert_close(w.detach(), points[t] + glide, **CURVED)


def test_paths_without_momentum_are_gradient_descent():
    _, f = bowl(0)
    start = normal(4, seed=1)
    expected = gradient_descent.gradient_descent(f, start, 0.05, 6)
    for ours in (heavy_ball, nesterov):
        torch.testing.assert_close(ours(f, start, 0.05, 0.0, 6), expected, **CURVED)
        assert ours(f, start, 0.05, 0.9, 0).shape == (1, 4)
        with pytest.raises(ValueError, match="steps must not be negative, got -1"):
            ours(f, start, 0.05, 0.9, -1)


@pytest.mark.parametrize("seed", range(2))
def test_growing_momentum_keeps_the_bound(seed):
    """f(θ_t) - f(θ*) ≤ 2 L ‖θ_0 - θ*‖² / (t + 1)² on a convex function, logistic regression here."""
    X = normal(7, 3, seed=seed)
    signs = normal(7, seed=seed + 50).sign()

    def f(w):
        return torch.nn.functional.softplus(-signs * (X @ w)).mean() + 1e-2 * w @ w

    largest = torch.linalg.eigvalsh(X.T @ X)[-1].item() / 28 + 2e-2  # the logistic function's slope is at most 1/4
    start = normal(3, seed=seed + 9)
    best = nesterov(f, start, 1 / largest, growing_momentum, 4000)[-1]
    points = nesterov(f, start, 1 / largest, growing_momentum, 300)
    excess = torch.stack([f(point) - f(best) for point in points[1:]])
    t = torch.arange(1, 301)
    assert (excess <= 2 * largest * (start - best).square().sum() / (t + 1) ** 2).all()


# ---- Rates


def companion(curvature, momentum, ahead):
    """Maps the errors (e_t, e_{t-1}) to (e_{t+1}, e_t); by applying the method, not by its formula."""

    def step(pair):
        now, before = pair
        glide = momentum * (now - before)
        at = now + glide if ahead else now
        return torch.stack([now + glide - curvature * at, now])

    return torch.func.jacrev(step)(torch.zeros(2, dtype=torch.float64))


@given(curvature=st.floats(-1, 5), momentum=st.floats(0, 1.2))
@settings(max_examples=200, deadline=None)
def test_radii_are_those_of_the_matrix(curvature, momentum):
    h, beta = torch.tensor([curvature, momentum], dtype=torch.float64)
    for radius, ahead in ((heavy_ball_radius, False), (nesterov_radius, True)):
        eigenvalues = torch.linalg.eigvals(companion(h, beta, ahead))
        assert radius(h, beta).item() == pytest.approx(eigenvalues.abs().max().item(), abs=3e-8)


@given(smallest=st.floats(0.01, 10), kappa=st.floats(1, 1e4), seed=st.integers(0, 99))
@settings(max_examples=40, deadline=None)
def test_best_constants_have_their_rate_and_no_others_a_better_one(smallest, kappa, seed):
    largest = smallest * kappa
    generator = torch.Generator().manual_seed(seed)
    lam = torch.linspace(smallest, largest, 50, dtype=torch.float64)
    for tuning, radius in (
        (optimal_heavy_ball(smallest, largest), heavy_ball_radius),
        (optimal_nesterov(smallest, largest), nesterov_radius),
    ):
        assert radius(tuning.lr * lam, tuning.momentum).max().item() == pytest.approx(tuning.rate, abs=3e-7)
        lr = tuning.lr * 2 * torch.rand(500, 1, generator=generator, dtype=torch.float64)
        momentum = 1.2 * torch.rand(500, 1, generator=generator, dtype=torch.float64) - 0.2
        assert (radius(lr * lam, momentum).amax(1) >= tuning.rate - 1e-9).all()


def test_the_best_rate_is_measured():
    eigenvalues = torch.tensor([1.0, 3.0, 40.0, 100.0], dtype=torch.float64)
    start = torch.ones(4, dtype=torch.float64)
    for method, tuning in ((heavy_ball, optimal_heavy_ball(1, 100)), (nesterov, optimal_nesterov(1, 100))):
        points = method(lambda w: 0.5 * w @ (eigenvalues * w), start, tuning.lr, tuning.momentum, 400)
        measured = (points[400].norm() / points[300].norm()).item() ** (1 / 100)
        assert measured == pytest.approx(tuning.rate, abs=3e-3)


def test_tuning_needs_positive_eigenvalues():
    for tuning in (optimal_heavy_ball, optimal_nesterov):
        for smallest, largest in ((0, 1), (-1, 1), (2, 1), (math.nan, 1)):
            with pytest.raises(ValueError, match="0 < smallest <= largest must hold for the eigenvalues, got"):
                tuning(smallest, largest)
        assert tuning(2.0, 2.0).rate == 0


# ---- Noise


@pytest.mark.parametrize("momentum", [0.0, 0.5, 0.9])
def test_the_gain_is_what_an_oscillation_suffers(momentum):
    for frequency in torch.tensor([0.0, 0.4, 2.0, math.pi], dtype=torch.float64):
        t = torch.arange(600, dtype=torch.float64)
        mean, means = torch.zeros((), dtype=torch.complex128), []
        for wave in torch.exp(1j * frequency * t):
            mean = momentum * mean + (1 - momentum) * wave
            means.append(mean)
        assert ema_gain(frequency, momentum).item() == pytest.approx(abs(means[-1]).item(), rel=1e-6)


@pytest.mark.parametrize("lr, momentum, curvature", [(0.3, 0.0, 1.0), (0.1, 0.9, 2.0), (1.6, 0.5, 1.5)])
def test_the_noise_floor_solves_the_recursion_of_the_covariance(lr, momentum, curvature):
    h = torch.tensor(lr * curvature, dtype=torch.float64)
    matrix = companion(h, torch.tensor(momentum, dtype=torch.float64), ahead=False)
    noise = torch.zeros(2, 2, dtype=torch.float64)
    noise[0, 0] = lr**2 * 3.0
    covariance = noise
    for _ in range(3000):
        covariance = matrix @ covariance @ matrix.T + noise
    assert noise_floor(lr, momentum, curvature, 3.0) == pytest.approx(covariance[0, 0].item(), rel=1e-9)
    if momentum == 0:
        assert noise_floor(lr, 0, curvature, 3.0) == pytest.approx(gradient_descent.noise_floor(lr, curvature, 3.0))


def test_noise_floor_needs_convergence():
    for lr, momentum in ((0.0, 0.5), (1.6, 0.5), (0.1, 1.0), (0.1, -0.1)):
        with pytest.raises(ValueError, match="must hold, got momentum="):
            noise_floor(lr, momentum, 2.0, 1.0)


# ---- The experiment and its record


def test_the_experiment_runs_and_its_record_is_of_today():
    run, recorded = experiment.smoke(), runs.load("momentum")
    assert runs.fresh(recorded), "run it again: python -m dlnotes train momentum"
    assert run.experiment == "momentum" and set(run.results) and len(recorded.seeds) == 5


def test_momentum_helps_with_large_batches_only_as_the_page_says():
    run = runs.load("momentum")
    for method in ("heavy_ball", "nesterov"):
        assert run.max(f"{method}_1000_loss") < run.min("sgd_1000_loss")
        assert run.min(f"{method}_1000_accuracy") > run.max("sgd_1000_accuracy")
        assert run.mean(f"{method}_1000_effective_lr") > 2 * run.mean("sgd_1000_effective_lr")
        spread = run.max(f"{method}_32_loss") - run.min(f"{method}_32_loss")
        assert abs(run.mean(f"{method}_32_loss") - run.mean("sgd_32_loss")) < spread
    for batch in (32, 1000):
        gap = abs(run.mean(f"heavy_ball_{batch}_loss") - run.mean(f"nesterov_{batch}_loss"))
        assert gap < run.max(f"heavy_ball_{batch}_loss") - run.min(f"heavy_ball_{batch}_loss")
