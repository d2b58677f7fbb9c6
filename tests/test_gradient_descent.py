"""The chapter's optimiser, line search, quadratic models, minibatches and clipping, against torch and by their laws."""

import math
from itertools import combinations, product

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.optim.lr_scheduler import CosineAnnealingLR, LinearLR, StepLR

from dlnotes import runs
from dlnotes.experiments import gradient_descent as experiment
from dlnotes.experiments import gradient_descent_batch, gradient_descent_clipping, gradient_descent_schedule
from dlnotes.gradient_descent import (
    SGD,
    backtracking,
    clip_grad_norm_,
    clip_grad_value_,
    condition_number,
    contraction,
    cosine_decay,
    exact_lr,
    gradient_descent,
    linear_warmup,
    minibatch_variance,
    minibatches,
    noise_floor,
    optimal_lr,
    quadratic_model,
    standardize,
    step_decay,
)

SHAPES = st.lists(st.lists(st.integers(0, 4), max_size=3).map(tuple), min_size=1, max_size=4)


def normal(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def positive_definite(size, seed):
    factor = normal(size, size, seed=seed)
    return factor @ factor.T + 0.1 * torch.eye(size, dtype=torch.float64)


def parameters(shapes, seed):
    return [normal(*shape, seed=seed + i).requires_grad_() for i, shape in enumerate(shapes)]


# ---- The optimiser


@given(
    shapes=SHAPES,
    lr=st.floats(0, 2),
    weight_decay=st.sampled_from([0.0, 0.1, 3.0]),
    maximize=st.booleans(),
    seed=st.integers(0, 999),
)
@settings(max_examples=60, deadline=None)
def test_sgd_equals_torch(shapes, lr, weight_decay, maximize, seed):
    ours, theirs = parameters(shapes, seed), parameters(shapes, seed)
    options = {"lr": lr, "weight_decay": weight_decay, "maximize": maximize}
    optimizers = SGD(ours, **options), torch.optim.SGD(theirs, **options)
    for step in range(4):
        for params, optimizer in zip((ours, theirs), optimizers, strict=True):
            for i, param in enumerate(params):
                param.grad = normal(*param.shape, seed=100 * step + i)
            optimizer.step()
    for a, b in zip(ours, theirs, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-12, atol=1e-12)


def test_sgd_has_groups_closures_and_leaves_parameters_without_gradient():
    ours, theirs = parameters([(3,), (2, 2), (1,)], 0), parameters([(3,), (2, 2), (1,)], 0)
    untouched = ours[2].detach().clone()

    def groups(params):
        return [{"params": params[:1], "lr": 0.5}, {"params": params[1:], "weight_decay": 0.3}]

    for params, optimizer in ((ours, SGD(groups(ours), lr=0.1)), (theirs, torch.optim.SGD(groups(theirs), lr=0.1))):

        def closure(params=params, optimizer=optimizer):
            optimizer.zero_grad()
            loss = params[0].square().sum() + params[1].exp().sum()
            loss.backward()
            return loss

        losses = [optimizer.step(closure).item() for _ in range(3)]
        assert losses[0] > losses[1] > losses[2]
    for a, b in zip(ours, theirs, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-12, atol=1e-12)
    assert torch.equal(ours[2], untouched)


def test_sgd_follows_a_scheduler_and_saves_its_state():
    w = torch.ones(1, requires_grad=True)
    optimizer = SGD([w], lr=1.0)
    schedule = StepLR(optimizer, step_size=1, gamma=0.5)
    for lr in (1.0, 0.5, 0.25):
        assert optimizer.param_groups[0]["lr"] == lr
        w.grad = torch.zeros(1)
        optimizer.step()
        schedule.step()
    other = SGD([torch.ones(1, requires_grad=True)], lr=7.0)
    other.load_state_dict(optimizer.state_dict())
    assert other.param_groups[0]["lr"] == 0.125


@pytest.mark.parametrize("option", ["lr", "weight_decay"])
@pytest.mark.parametrize("value", [-0.1, math.nan])
def test_sgd_refuses_negative_options(option, value):
    with pytest.raises(ValueError, match=rf"{option} must not be negative, got"):
        SGD([torch.zeros(1, requires_grad=True)], **{option: value})


# ---- Descent and line search


def test_gradient_descent_visits_the_points_of_torch_sgd():
    hessian = positive_definite(5, seed=1)

    def loss(w):
        return 0.5 * w @ hessian @ w + w.sin().sum()

    start = normal(5, seed=2)
    points = gradient_descent(loss, start, lr=0.05, steps=7)
    w = start.clone().requires_grad_()
    optimizer = torch.optim.SGD([w], lr=0.05)
    for point in points:
        torch.testing.assert_close(w.detach(), point, rtol=1e-12, atol=1e-12)
        optimizer.zero_grad()
        loss(w).backward()
        optimizer.step()
    assert gradient_descent(loss, start, lr=0.1, steps=0).shape == (1, 5)
    with pytest.raises(ValueError, match="steps must not be negative, got -1"):
        gradient_descent(loss, start, lr=0.1, steps=-1)


@given(size=st.integers(1, 6), seed=st.integers(0, 999), share=st.sampled_from([1e-4, 0.1, 0.5, 0.9]))
@settings(max_examples=40, deadline=None)
def test_backtracking_takes_the_largest_power_that_decreases_enough(size, seed, share):
    hessian = positive_definite(size, seed)
    point = normal(size, seed=seed + 1)

    def loss(w):
        return 0.5 * w @ hessian @ w

    lr = backtracking(loss, point, lr=8.0, shrink=0.5, decrease=share)
    gradient = hessian @ point

    def passes(lr):
        return loss(point - lr * gradient) <= loss(point) - share * lr * gradient @ gradient

    assert passes(lr) and (lr == 8.0 or not passes(2 * lr))
    assert lr >= min(8.0, (1 - share) / torch.linalg.eigvalsh(hessian)[-1])  # half of 2 (1 - c) / L


def test_backtracking_refuses_bad_options_and_gives_up():
    with pytest.raises(ValueError, match="shrink must be between 0 and 1, got 2"):
        backtracking(torch.sum, torch.ones(2), shrink=2)
    with pytest.raises(ValueError, match="decrease must be between 0 and 1, got 0"):
        backtracking(torch.sum, torch.ones(2), decrease=0)

    class WrongGradient(torch.autograd.Function):  # of w²
        @staticmethod
        def forward(w):
            return w.square().sum()

        @staticmethod
        def setup_context(ctx, inputs, output):
            ctx.save_for_backward(inputs[0])

        @staticmethod
        def backward(ctx, gradient):
            return -2 * gradient * ctx.saved_tensors[0]

    with pytest.raises(ValueError, match="or its gradient is wrong"):
        backtracking(WrongGradient.apply, torch.ones(1))


@given(size=st.integers(1, 6), seed=st.integers(0, 999))
@settings(max_examples=40, deadline=None)
def test_exact_step_makes_the_next_gradient_orthogonal(size, seed):
    hessian, point = positive_definite(size, seed), normal(size, seed=seed + 1)
    gradient = hessian @ point
    following = hessian @ (point - exact_lr(gradient, hessian) * gradient)
    assert abs(following @ gradient) <= 1e-10 * gradient.norm() * max(1, following.norm(), gradient.norm())


def test_exact_step_needs_curvature():
    with pytest.raises(ValueError, match="must be positive, got -2"):
        exact_lr(torch.tensor([1.0, 0.0]), torch.diag(torch.tensor([-2.0, 1.0])))


# ---- Quadratic models and rates


@given(size=st.integers(1, 6), seed=st.integers(0, 999))
@settings(max_examples=30, deadline=None)
def test_quadratic_model_is_exact_on_a_quadratic_and_newton_jumps_to_its_minimum(size, seed):
    hessian, centre, point, step = positive_definite(size, seed), *normal(3, size, seed=seed + 1)

    def loss(w):
        return 3 + 0.5 * (w - centre) @ hessian @ (w - centre)

    model = quadratic_model(loss, point)
    torch.testing.assert_close(model.value, loss(point))
    torch.testing.assert_close(model.hessian, hessian)
    torch.testing.assert_close(model.change(step), loss(point + step) - loss(point))
    torch.testing.assert_close(point + model.newton_step(), centre, rtol=1e-7, atol=1e-7)


@given(size=st.integers(2, 8), seed=st.integers(0, 999))
@settings(max_examples=40, deadline=None)
def test_best_step_size_and_rate(size, seed):
    hessian = positive_definite(size, seed)
    eigenvalues = torch.linalg.eigvalsh(hessian)
    best, kappa = optimal_lr(hessian), condition_number(hessian)
    torch.testing.assert_close(kappa, torch.linalg.cond(hessian), rtol=1e-8, atol=0)
    torch.testing.assert_close(contraction(best, eigenvalues), (kappa - 1) / (kappa + 1), rtol=1e-9, atol=1e-12)
    others = best * torch.linspace(0.01, 3, 200, dtype=torch.float64)
    assert (contraction(others, eigenvalues) >= contraction(best, eigenvalues) - 1e-12).all()
    iteration = torch.eye(size, dtype=torch.float64) - best * hessian  # the rate is the norm of the iteration matrix
    torch.testing.assert_close(torch.linalg.matrix_norm(iteration, 2), contraction(best, eigenvalues))


def test_condition_number_refuses_what_has_no_unique_minimum():
    for hessian in (torch.zeros(2, 2), torch.diag(torch.tensor([1.0, -1.0]))):
        for function in (condition_number, optimal_lr):
            with pytest.raises(ValueError, match="hessian must be positive definite, its smallest eigenvalue is"):
                function(hessian)


def test_standardize():
    features = normal(50, 4) * torch.tensor([1.0, 1e3, 1e-3, 5.0]) + 7
    scaled, mean, std = standardize(features)
    torch.testing.assert_close(scaled.mean(0), torch.zeros(4, dtype=torch.float64))
    torch.testing.assert_close(scaled.square().mean(0), torch.ones(4, dtype=torch.float64))
    torch.testing.assert_close(scaled * std + mean, features)
    with pytest.raises(ValueError, match=r"features \[1, 2\] are constant"):
        standardize(torch.tensor([[1.0, 2.0, 0.0], [2.0, 2.0, 0.0]]))


# ---- Minibatches and noise


@given(samples=st.integers(0, 40), batch=st.integers(1, 12), drop_last=st.booleans(), seed=st.integers(0, 99))
@settings(max_examples=60, deadline=None)
def test_an_epoch_holds_every_sample_once_in_batches_as_dataloader_makes_them(samples, batch, drop_last, seed):
    batches = list(minibatches(samples, batch, torch.Generator().manual_seed(seed), drop_last))
    loader = torch.utils.data.DataLoader(range(samples), batch, shuffle=samples > 0, drop_last=drop_last)
    assert [len(b) for b in batches] == [len(b) for b in loader]
    held = torch.cat(batches).tolist() if batches else []
    assert len(set(held)) == len(held)
    if not drop_last:
        assert sorted(held) == list(range(samples))


def test_minibatches_are_shuffled_anew_and_reproducible():
    generator = torch.Generator().manual_seed(0)
    first, second = (torch.cat(list(minibatches(30, 7, generator))) for _ in range(2))
    assert not torch.equal(first, second)
    again = torch.cat(list(minibatches(30, 7, torch.Generator().manual_seed(0))))
    assert torch.equal(first, again)
    with pytest.raises(ValueError, match="batch_size must be at least 1, got 0"):
        next(minibatches(3, 0))


@pytest.mark.parametrize("replacement", [True, False])
@pytest.mark.parametrize("batch", [1, 2, 3, 5])
def test_minibatch_variance_equals_that_of_all_possible_batches(replacement, batch):
    rows = normal(5, 3)
    batches = product(range(5), repeat=batch) if replacement else combinations(range(5), batch)
    means = torch.stack([rows[list(indices)].mean(0) for indices in batches])
    exact = (means - rows.mean(0)).square().sum(1).mean()
    torch.testing.assert_close(minibatch_variance(rows, batch, replacement), exact, atol=1e-12, rtol=1e-10)


def test_minibatch_variance_refuses_impossible_batches():
    for batch in (0, 6):
        with pytest.raises(ValueError, match=rf"between 1 and the number of samples 5, got {batch}"):
            minibatch_variance(normal(5, 3), batch)
    assert minibatch_variance(normal(5, 3), 6, replacement=True) > 0
    assert minibatch_variance(normal(1, 3), 1) == 0


@pytest.mark.parametrize("lr, curvature", [(0.1, 1.0), (0.5, 2.0), (1.2, 1.5)])
def test_noise_floor_is_the_fixed_point_of_the_recursion(lr, curvature):
    square = 5.0
    for _ in range(2000):
        square = (1 - lr * curvature) ** 2 * square + lr**2 * 3.0
    assert noise_floor(lr, curvature, 3.0) == pytest.approx(square, rel=1e-12)


def test_noise_floor_needs_a_convergent_step():
    for lr in (0.0, 1.0, 2.0):
        with pytest.raises(ValueError, match="lr must be between 0 and 2 / curvature = 1"):
            noise_floor(lr, 2.0, 1.0)


# ---- Clipping


def with_gradients(shapes, seed, scale=1.0):
    params = parameters(shapes, seed)
    for i, param in enumerate(params):
        param.grad = None if i == 1 else scale * normal(*param.shape, seed=seed + 50 + i)
    return params


@given(
    shapes=st.lists(st.lists(st.integers(1, 4), max_size=3).map(tuple), min_size=1, max_size=4),
    max_norm=st.sampled_from([0.0, 1e-3, 1.0, 50.0]),
    norm_type=st.sampled_from([1.0, 2.0, 3.0, math.inf]),
    seed=st.integers(0, 999),
)
@settings(max_examples=60, deadline=None)
def test_clip_grad_norm_equals_torch(shapes, max_norm, norm_type, seed):
    ours, theirs = with_gradients(shapes, seed), with_gradients(shapes, seed)
    total = clip_grad_norm_(ours, max_norm, norm_type)
    torch.testing.assert_close(total, torch.nn.utils.clip_grad_norm_(theirs, max_norm, norm_type), rtol=1e-12, atol=0)
    for a, b in zip(ours, theirs, strict=True):
        assert (a.grad is None) == (b.grad is None)
        if a.grad is not None:
            torch.testing.assert_close(a.grad, b.grad, rtol=1e-12, atol=1e-300)


def test_clipping_takes_one_tensor_none_with_a_gradient_and_iterators():
    ours, theirs = with_gradients([(3,)], 0, 10)[0], with_gradients([(3,)], 0, 10)[0]
    clip_grad_norm_(ours, 1.0)
    torch.nn.utils.clip_grad_norm_(theirs, 1.0)
    torch.testing.assert_close(ours.grad, theirs.grad, rtol=1e-12, atol=0)
    assert clip_grad_norm_([torch.zeros(2, requires_grad=True)], 1.0) == 0
    assert clip_grad_norm_(iter([ours]), 0.5).item() == pytest.approx(1.0, rel=1e-5)


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_clipping_of_what_is_not_finite(bad):
    w = torch.zeros(2, requires_grad=True)
    w.grad = torch.tensor([bad, 1.0])
    with pytest.raises(RuntimeError, match=f"the gradient's norm is {bad}; look for the loss that overflows"):
        clip_grad_norm_(w, 1.0, error_if_nonfinite=True)
    assert w.grad[1] == 1.0
    other = torch.zeros(2, requires_grad=True)
    other.grad = w.grad.clone()
    clip_grad_norm_(w, 1.0)
    torch.nn.utils.clip_grad_norm_(other, 1.0)
    torch.testing.assert_close(w.grad, other.grad, equal_nan=True)


@pytest.mark.parametrize("clip_value", [0.0, 0.3, 5.0])
def test_clip_grad_value_equals_torch(clip_value):
    ours, theirs = with_gradients([(3, 2), (2,), ()], 3), with_gradients([(3, 2), (2,), ()], 3)
    clip_grad_value_(ours, clip_value)
    torch.nn.utils.clip_grad_value_(theirs, clip_value)
    for a, b in zip(ours, theirs, strict=True):
        assert (a.grad is None and b.grad is None) or torch.equal(a.grad, b.grad)


# ---- Schedules


def torch_factors(make_scheduler, steps):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    scheduler = make_scheduler(optimizer)
    found = []
    for _ in range(steps):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return found


def test_schedules_equal_torch():
    steps = range(13)
    expected = torch_factors(lambda optimizer: StepLR(optimizer, step_size=4, gamma=0.3), len(steps))
    assert [step_decay(t, 4, 0.3) for t in steps] == pytest.approx(expected)
    expected = torch_factors(lambda optimizer: CosineAnnealingLR(optimizer, T_max=12), len(steps))
    assert [cosine_decay(t, 12) for t in steps] == pytest.approx(expected, abs=1e-12)
    expected = torch_factors(lambda optimizer: LinearLR(optimizer, start_factor=0.2, total_iters=4), len(steps))
    assert [linear_warmup(t, 5) for t in steps] == pytest.approx(expected)


# ---- Experiments and their records


@pytest.mark.parametrize(
    "module", [experiment, gradient_descent_batch, gradient_descent_clipping, gradient_descent_schedule]
)
def test_experiments_run_and_their_records_are_of_today(module):
    name = module.__name__.rpartition(".")[2]
    run, recorded = module.smoke(), runs.load(name)
    assert runs.fresh(recorded), f"run it again: python -m dlnotes train {name}"
    assert run.experiment == name and set(run.results) and len(recorded.seeds) == 5


def test_raw_features_stall_and_standardised_ones_arrive():
    run = runs.load("gradient_descent")
    raw, centred, standardised = (run.array(f"{name}_excess") for name in ("raw", "centred", "standardised"))
    assert raw[1000] == pytest.approx(raw[1], rel=1e-3) and raw[1000] > 0.08
    assert (centred[1:] < centred[:-1]).all() and 1e-4 < centred[1000] < 1e-3
    assert standardised[1] < 1e-20
    loss, index = run.array("critical_loss"), run.array("critical_index")
    assert (index == 0).sum() == 1 and index[loss.argmin()] == 0
    assert loss.max() == pytest.approx(2)  # half the variance of four standardised features, at the origin


def test_batches_behave_as_the_page_says():
    run = runs.load("gradient_descent_batch")
    assert run.mean("loss_1") < run.mean("loss_32") < run.mean("loss_512")
    time = {batch: run.mean(f"seconds_per_epoch_{batch}") for batch in (1, 32, 512)}
    assert 32 * time[32] < 2 * time[1]
    loss = {
        batch: run.array(f"loss_{batch}").mean(0)[run.config["lrs"].index(run.mean(f"lr_{batch}"))] for batch in time
    }
    for other, epoch in ((512, 5), (1, 1)):  # when the other has finished this epoch, 32 samples a step are lower
        passed = min(5, int(epoch * time[other] / time[32]))
        assert loss[32][passed] < loss[other][epoch]


def test_clipping_saves_large_learning_rates_and_does_not_help_good_ones():
    run = runs.load("gradient_descent_clipping")
    assert run.max("clipped_diverged") == 0 and run.min("free_diverged") >= 1
    assert run.mean("free_loss") < run.mean("clipped_loss")


def test_every_decay_beats_the_constant_rate():
    run = runs.load("gradient_descent_schedule")
    for name in ("step", "cosine", "warmup_cosine"):
        assert run.max(f"{name}_loss") < run.min("constant_loss") + run.std("constant_loss")
        assert run.mean(f"{name}_loss") < run.mean("constant_loss") - run.std("constant_loss")
        assert run.min(f"{name}_accuracy") > run.max("constant_accuracy")
        assert run.mean("constant_lr") < run.mean(f"{name}_lr") <= run.mean("warmup_cosine_lr")
