"""The chapter's optimisers against torch's, and their averages, bounds and reductions by their laws."""

import copy
import math
from dataclasses import replace

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dlnotes import data, runs
from dlnotes.adam import Adagrad, Adam, AdamW, NormAdam, RMSprop, moving_averages, worst_step
from dlnotes.experiments import adam as comparison
from dlnotes.experiments import adam_decay as decay
from dlnotes.experiments import adam_sparse as sparse

PAIRS = {
    "adagrad": (Adagrad, torch.optim.Adagrad),
    "rmsprop": (RMSprop, torch.optim.RMSprop),
    "adam": (Adam, torch.optim.Adam),
    "adamw": (AdamW, torch.optim.AdamW),
}
COMMON = {
    "lr": st.floats(0, 2),
    "weight_decay": st.sampled_from([0.0, 0.1, 3.0]),
    "eps": st.sampled_from([1e-10, 1e-3, 1.0]),
    "maximize": st.booleans(),
}
BETAS = st.tuples(st.sampled_from([0.0, 0.5, 0.9]), st.sampled_from([0.0, 0.5, 0.999]))
OPTIONS = {
    "adagrad": COMMON
    | {"lr_decay": st.sampled_from([0.0, 0.3]), "initial_accumulator_value": st.sampled_from([0.0, 2.0])},
    "rmsprop": COMMON
    | {
        "alpha": st.sampled_from([0.0, 0.5, 0.99, 1.0]),
        "momentum": st.sampled_from([0.0, 0.9]),
        "centered": st.booleans(),
    },
    "adam": COMMON | {"betas": BETAS, "amsgrad": st.booleans(), "decoupled_weight_decay": st.booleans()},
    "adamw": COMMON | {"betas": BETAS, "amsgrad": st.booleans()},
}
CASES = st.sampled_from(sorted(PAIRS)).flatmap(
    lambda name: st.tuples(st.just(name), st.fixed_dictionaries(OPTIONS[name]))
)
SHAPES = st.lists(st.lists(st.integers(0, 4), max_size=3).map(tuple), min_size=1, max_size=4)


def normal(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def parameters(shapes, seed=0):
    return [normal(*shape, seed=seed + i).requires_grad_() for i, shape in enumerate(shapes)]


def take_steps(optimizer, params, steps, seed=0, scale=1.0):
    """The same random gradients for the same seed; every third parameter has one in every second step only."""
    for step in range(steps):
        for i, param in enumerate(params):
            missing = i % 3 == 2 and step % 2
            param.grad = None if missing else scale * normal(*param.shape, seed=1000 * seed + 100 * step + i)
        optimizer.step()


def assert_equal(ours, theirs):
    for a, b in zip(ours, theirs, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-12, atol=1e-12)


# ---- Against torch


@given(
    case=CASES, shapes=SHAPES, foreach=st.booleans(), scale=st.sampled_from([1e-6, 1.0, 1e6]), seed=st.integers(0, 99)
)
@settings(max_examples=150, deadline=None)
def test_optimizers_equal_torch(case, shapes, foreach, scale, seed):
    name, options = case
    assume(
        not (options.get("centered") and options["alpha"] == 0)
    )  # a variance of 0, or by rounding below: torch's NaN
    our_class, torch_class = PAIRS[name]
    ours, theirs = parameters(shapes, seed), parameters(shapes, seed)
    take_steps(our_class(ours, **options), ours, 5, seed, scale)
    take_steps(torch_class(theirs, **options, foreach=foreach), theirs, 5, seed, scale)
    assert_equal(ours, theirs)


@pytest.mark.parametrize("name", PAIRS)
def test_defaults_are_those_of_torch(name):
    ours, theirs = (make(parameters([(2,)])).defaults for make in PAIRS[name])
    assert ours == {key: theirs[key] for key in ours}
    assert set(theirs) - set(ours) <= {"foreach", "fused", "capturable", "differentiable"}


@pytest.mark.parametrize("name", PAIRS)
@pytest.mark.parametrize("extreme", [0.0, 1e-170, 1e160, math.inf, math.nan])
def test_extreme_gradients_give_what_torch_gives(name, extreme):
    params = parameters([(3,)]), parameters([(3,)])
    for make, (param,) in zip(PAIRS[name], params, strict=True):
        optimizer = make([param], lr=0.1)
        for _ in range(3):
            param.grad = torch.tensor([extreme, 1.0, -extreme], dtype=torch.float64)
            optimizer.step()
    torch.testing.assert_close(params[0][0], params[1][0], rtol=1e-12, atol=1e-12, equal_nan=True)


@pytest.mark.parametrize("name", PAIRS)
def test_groups_closures_and_schedulers(name):
    def train(make):
        params = parameters([(3,), (2, 2), (1,)])
        optimizer = make([{"params": params[:1], "lr": 0.5}, {"params": params[1:], "weight_decay": 0.3}], lr=0.1)
        schedule = torch.optim.lr_scheduler.StepLR(optimizer, step_size=1, gamma=0.5)

        def closure():
            optimizer.zero_grad()
            loss = params[0].square().sum() + params[1].exp().sum()
            loss.backward()
            return loss

        losses = []
        for _ in range(4):
            losses.append(optimizer.step(closure).item())
            schedule.step()
        assert losses[0] > losses[-1]
        return params, optimizer

    (ours, optimizer), (theirs, _) = (train(make) for make in PAIRS[name])
    assert_equal(ours, theirs)
    assert [group["lr"] for group in optimizer.param_groups] == [0.5 / 16, 0.1 / 16]
    assert torch.equal(ours[2], parameters([(3,), (2, 2), (1,)])[2])  # it had no gradient
    assert optimizer.step() is None


@pytest.mark.parametrize("name", PAIRS)
@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["ours to torch", "torch to ours"])
@pytest.mark.parametrize("before", [0, 3])
def test_states_can_be_exchanged_with_torch(name, order, before):
    """Half the steps with one, the rest with the other that has loaded its state, are all steps with torch's."""
    options = {"lr": 0.05} | {"rmsprop": {"momentum": 0.5, "centered": True}, "adam": {"amsgrad": True}}.get(name, {})
    shapes = [(3,), (2, 2)]
    params, reference = parameters(shapes), parameters(shapes)
    first, second = (PAIRS[name][i](params, **options) for i in order)
    take_steps(first, params, before)
    second.load_state_dict(copy.deepcopy(first.state_dict()))
    take_steps(second, params, 3, seed=1)
    whole = PAIRS[name][1](reference, **options)
    take_steps(whole, reference, before)
    take_steps(whole, reference, 3, seed=1)
    assert_equal(params, reference)


def test_adamw_stays_decoupled_whatever_it_loads():
    state = Adam(parameters([(2,)]), weight_decay=0.1).state_dict()
    optimizer = AdamW(parameters([(2,)]))
    optimizer.load_state_dict(state)
    assert optimizer.param_groups[0]["decoupled_weight_decay"]


def test_centred_variance_below_zero_counts_as_zero():
    """A constant gradient: rounding makes the variance negative, and torch's parameter NaN."""
    (ours,), (theirs,) = parameters([(1,)]), parameters([(1,)])
    optimizers = RMSprop([ours], centered=True), torch.optim.RMSprop([theirs], centered=True)
    for _ in range(4000):
        for param, optimizer in zip((ours, theirs), optimizers, strict=True):
            param.grad = torch.full((1,), 0.1, dtype=torch.float64)
            optimizer.step()
    assert ours.isfinite().all() and theirs.isnan().all()


# ---- Bad input


@pytest.mark.parametrize("name", PAIRS)
@pytest.mark.parametrize("value", [-0.1, math.nan])
def test_negative_options_are_refused(name, value):
    for option in sorted(set(OPTIONS[name]) - {"maximize", "betas", "amsgrad", "centered", "decoupled_weight_decay"}):
        with pytest.raises(ValueError, match=rf"{option} must not be negative, got"):
            PAIRS[name][0](parameters([(1,)]), **{option: value})


@pytest.mark.parametrize("make", [Adam, AdamW, NormAdam])
@pytest.mark.parametrize("betas, index", [((1.0, 0.9), 0), ((0.9, 1.0), 1), ((-0.1, 0.9), 0), ((0.9, math.nan), 1)])
def test_betas_outside_their_range_are_refused(make, betas, index):
    with pytest.raises(ValueError, match=rf"betas\[{index}\] must be at least 0 and below 1, got"):
        make(parameters([(1,)]), betas=betas)


def test_alpha_above_one_is_refused():
    with pytest.raises(ValueError, match=r"alpha must be at most 1, got 1\.1"):
        RMSprop(parameters([(1,)]), alpha=1.1)


@pytest.mark.parametrize("make", [Adagrad, RMSprop, Adam, AdamW, NormAdam])
def test_sparse_and_complex_gradients_are_refused(make):
    embedding = torch.nn.Embedding(5, 2, sparse=True)
    embedding(torch.tensor([1])).sum().backward()
    with pytest.raises(RuntimeError, match=rf"{make.__name__} takes dense real gradients, got a sparse one of shape"):
        make(embedding.parameters()).step()
    z = torch.zeros(2, dtype=torch.complex64, requires_grad=True)
    z.grad = torch.ones_like(z)
    with pytest.raises(RuntimeError, match=r"got a complex one of shape \(2,\)"):
        make([z]).step()


# ---- Laws


@given(beta=st.sampled_from([0.0, 0.5, 0.9, 0.99]), steps=st.integers(0, 12), width=st.integers(0, 3))
@settings(max_examples=40, deadline=None)
def test_moving_averages_are_weighted_means(beta, steps, width):
    values = normal(steps, width, seed=steps)
    plain, corrected = moving_averages(values, beta, corrected=False), moving_averages(values, beta)
    assert plain.shape == corrected.shape == values.shape
    for t in range(1, steps + 1):
        weights = (1 - beta) * beta ** torch.arange(t - 1, -1, -1, dtype=torch.float64)
        torch.testing.assert_close(plain[t - 1], weights @ values[:t])
        torch.testing.assert_close(corrected[t - 1], (weights / weights.sum()) @ values[:t])


def test_moving_averages_refuse_a_share_of_one():
    with pytest.raises(ValueError, match=r"beta must be at least 0 and below 1, got 1\.0"):
        moving_averages(torch.ones(3), 1.0)


def largest_step(beta1, beta2, gradients):
    w = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.Adam([w], lr=1.0, betas=(beta1, beta2), eps=0.0)
    largest = 0.0
    for gradient in gradients:
        before = w.item()
        w.grad = torch.full_like(w, gradient)
        optimizer.step()
        largest = max(largest, abs(w.item() - before))
    return largest


@pytest.mark.parametrize("betas", [(0.9, 0.999), (0.5, 0.9), (0.0, 0.99)])
def test_worst_step_is_reached_by_growing_gradients_only(betas):
    bound = worst_step(*betas)
    ratio = betas[1] / betas[0] if betas[0] else 1e30  # without momentum, a single gradient after none
    steps = round(30 / (1 - betas[1]))
    last = [math.exp((t - steps) * math.log(ratio)) for t in range(steps)]
    assert largest_step(*betas, [max(g, 1e-150) for g in last]) == pytest.approx(bound, rel=1e-6)
    assert largest_step(*betas, normal(300).tolist()) < bound


def test_worst_step_needs_a_bound():
    with pytest.raises(ValueError, match="need 0 <= beta1"):
        worst_step(0.9, 0.8)


@given(seed=st.integers(0, 99))
@settings(max_examples=20, deadline=None)
def test_norm_adam_is_adam_for_a_single_number_and_turns_with_the_problem(seed):
    (ours,), (theirs,) = parameters([(1,)], seed), parameters([(1,)], seed)
    take_steps(NormAdam([ours], lr=0.1), [ours], 4, seed)
    take_steps(torch.optim.Adam([theirs], lr=0.1), [theirs], 4, seed)
    assert_equal([ours], [theirs])
    rotation = torch.linalg.qr(normal(3, 3, seed=seed)).Q
    plain, turned = (torch.zeros(3, dtype=torch.float64, requires_grad=True) for _ in range(2))
    optimizers = NormAdam([plain], lr=0.1), NormAdam([turned], lr=0.1)
    for step in range(4):
        plain.grad = normal(3, seed=seed + step)
        turned.grad = rotation @ plain.grad
        for optimizer in optimizers:
            optimizer.step()
    torch.testing.assert_close(turned.detach(), rotation @ plain.detach())


# ---- The experiments


@pytest.mark.parametrize("name", ["adam", "momentum", "adagrad"])
def test_stacked_networks_train_as_separate_ones(name):
    """One learning rate and seed of the batch, beside a network of torch.nn with an optimiser of its own."""
    config = replace(comparison.Config(), samples=60, validation=20, hidden=5, batch=20, epochs=2, device="cpu")
    config = replace(config, dataset="digits")
    split, seeds, lrs = comparison.load_split(config), (3, 4), (1e-2, 3e-2)
    stacked = comparison.train(config, split, name, lrs, seeds, split.validation)

    sizes = [64, 5, 10]
    first, first_bias, second, second_bias = (layer[1].detach() for layer in comparison.initial(sizes, seeds, "cpu"))
    model = torch.nn.Sequential(torch.nn.Linear(64, 5), torch.nn.ReLU(), torch.nn.Linear(5, 10))
    for parameter, value in zip(model.parameters(), (first.T, first_bias[0], second.T, second_bias[0]), strict=True):
        parameter.data.copy_(value)
    makers = {"adam": torch.optim.Adam, "adagrad": torch.optim.Adagrad}
    make = makers.get(name, lambda params, lr: torch.optim.SGD(params, lr, momentum=0.9))
    optimizer = make(model.parameters(), lr=lrs[0])
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 6)
    generator = torch.Generator().manual_seed(seeds[1])
    for _ in range(2):
        for index in torch.randperm(60, generator=generator).split(20):
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(model(split.train.x[index]), split.train.labels[index]).backward()
            optimizer.step()
            schedule.step()
    with torch.no_grad():
        loss = torch.nn.functional.cross_entropy(model(split.train.x), split.train.labels)
        accuracy = (model(split.validation.x).argmax(1) == split.validation.labels).float().mean()
    torch.testing.assert_close(stacked.train_loss[1, 0, -1], loss, rtol=1e-4, atol=1e-5)
    assert stacked.accuracy[1, 0] == pytest.approx(accuracy.item())


def test_validation_and_test_samples_are_not_trained_on():
    config = replace(comparison.Config(), dataset="digits", samples=100, validation=50, device="cpu")
    split = comparison.load_split(config)
    images = data.digits("train")[0].flatten(1).float()
    assert [len(part.x) for part in split] == [100, 50, len(data.digits("test")[0])]
    restored = split.validation.x * images[:100].std() + images[:100].mean()
    torch.testing.assert_close(restored, images[100:150])


def test_sparse_features_have_the_frequencies_that_they_should():
    config = replace(sparse.Config(), features=8, device="cpu")
    truth = torch.ones(2, 8)
    x, y = sparse.draw(config, truth, 20_000, torch.Generator().manual_seed(0))
    frequency = 0.5 / torch.arange(1, 9)
    torch.testing.assert_close(x.mean((0, 1)), frequency, rtol=0, atol=0.02)
    alone = (x.sum(-1) == 1) & (x[..., 0] == 1)  # only the first feature: the label is 1 with probability σ(1)
    assert y[alone].mean() == pytest.approx(torch.sigmoid(torch.tensor(1.0)).item(), abs=0.02)


@pytest.mark.parametrize("module", [comparison, sparse, decay])
def test_records_hold_what_the_experiments_measure(module):
    name = module.__name__.rpartition(".")[2]
    run, recorded = module.smoke(), runs.load(name)
    assert set(run.series) == set(recorded.series) and set(run.results) == set(recorded.results)
    assert len(recorded.seeds) >= 5 and runs.fresh(recorded), f"run it again: python -m dlnotes train {name}"


def test_chosen_learning_rates_are_the_best_of_their_grids_and_not_at_the_edge():
    record = runs.load("adam")
    for name in comparison.OPTIMIZERS:
        lrs = record.config["plain_lrs" if name in ("sgd", "momentum", "nesterov") else "adaptive_lrs"]
        best = record.array(f"{name}_validation").mean(1).argmax()
        assert record.mean(f"{name}_lr") == pytest.approx(lrs[best]) and 0 < best < len(lrs) - 1
    assert all(runs.load("adam_sparse").mean(f"{name}_at_edge") == 0 for name in sparse.OPTIMIZERS)


def test_the_comparison_came_out_as_the_page_says():
    record = runs.load("adam")
    loss, accuracy = (
        {n: record.result(f"{n}_{what}") for n in comparison.OPTIMIZERS} for what in ("train_loss", "accuracy")
    )
    averaging = ("momentum", "nesterov", "adam", "amsgrad", "adamw")
    means = [accuracy[name].mean() for name in averaging]
    assert max(means) - min(means) < max(accuracy[name].std(ddof=1) for name in averaging)
    for name in ("sgd", "rmsprop", "adagrad"):
        assert accuracy[name].mean() < min(means)
        assert loss[name].mean() > max(loss[other].mean() for other in averaging)
    for name in set(comparison.OPTIMIZERS) - {"nesterov"}:
        assert loss["nesterov"].mean() + loss["nesterov"].std(ddof=1) < loss[name].mean()
    assert abs(accuracy["adam"].mean() - accuracy["amsgrad"].mean()) < accuracy["adam"].std(ddof=1)
    assert record.mean("momentum_good_lrs") == record.mean("adam_good_lrs")
    assert record.array("adam_validation").mean(1)[-1] > 0.6 and record.array("momentum_validation").mean(1)[-1] < 0.2


def test_decay_and_sparse_features_came_out_as_the_page_says():
    record = runs.load("adam_decay")
    assert record.mean("gain") > 0
    assert abs(record.mean("penalty_accuracy") - record.mean("penalty_without")) < record.std("penalty_without")
    for name in ("penalty", "decoupled"):  # at the largest learning rate decay helps, at the others hardly
        largest = record.array(name).mean(0)[-1]
        assert largest.max() - largest[0] > 0.04
    record = runs.load("adam_sparse")
    assert record.min("sgd_behind_adagrad") > 0 and record.mean("adam_behind_adagrad") > 0
    sgd, adagrad = (record.array(f"{name}_distance").mean(0) for name in ("sgd", "adagrad"))
    assert (sgd > adagrad).all()
