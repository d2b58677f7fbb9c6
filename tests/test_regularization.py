"""The chapter's features, solvers, stopping rule, dropout and rotations, against torch, solvers and their own laws."""

import importlib
import math

import numpy as np
import pytest
import scipy.optimize
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from dlnotes import runs
from dlnotes.experiments import regularization_dropout
from dlnotes.experiments.regularization import Networks, Setting, transform
from dlnotes.regularization import (
    EarlyStopping,
    bias_variance,
    dropout,
    k_fold,
    lasso,
    norm_shrink,
    polynomial_features,
    ridge,
    rotate,
    softshrink,
)


def normal(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def assert_same(ours, theirs, *inputs, tolerance=1e-12):
    """Equal values and gradients."""
    first, second = ([tensor.clone().requires_grad_() for tensor in inputs] for _ in range(2))
    a, b = ours(*first), theirs(*second)
    torch.testing.assert_close(a, b, rtol=tolerance, atol=tolerance)
    weight = normal(*a.shape, seed=99)
    gradients = [torch.autograd.grad((out * weight).sum(), args) for out, args in ((a, first), (b, second))]
    torch.testing.assert_close(*gradients, rtol=tolerance, atol=tolerance)


# ---- Capacity


@pytest.mark.parametrize("samples", [0, 1, 5])
@pytest.mark.parametrize("degree", [0, 1, 4])
def test_polynomial_features_are_vandermonde(samples, degree):
    assert_same(
        lambda x: polynomial_features(x, degree),
        lambda x: torch.linalg.vander(x, N=degree + 2)[:, :-1],  # it refuses N = 1
        normal(samples),
    )


def test_polynomial_features_refuse_negative_degrees():
    with pytest.raises(ValueError, match="degree must be 0 or more, got -1"):
        polynomial_features(normal(3), -1)


@given(sets=st.integers(2, 6), points=st.integers(1, 5), seed=st.integers(0, 999))
@settings(max_examples=40, deadline=None)
def test_bias_and_variance_add_up_to_the_error(sets, points, seed):
    predictions, truth = normal(sets, points, seed=seed), normal(points, seed=seed + 1)
    parts = bias_variance(predictions, truth)
    torch.testing.assert_close(parts.bias_squared + parts.variance, F.mse_loss(predictions, truth.expand(sets, -1)))
    shifted = bias_variance(predictions + 3, truth + 3)
    torch.testing.assert_close(shifted, parts)
    assert bias_variance(truth.expand(sets, -1), truth) == (0, 0)


@pytest.mark.parametrize("predictions, truth", [((1, 3), (3,)), ((4, 3), (4,)), ((4, 3), (1, 3))])
def test_bias_variance_refuses_what_does_not_fit(predictions, truth):
    with pytest.raises(ValueError, match="two rows or more of the truth's shape"):
        bias_variance(normal(*predictions), normal(*truth))


# ---- Folds


@given(samples=st.integers(2, 30), data=st.data())
@settings(max_examples=40, deadline=None)
def test_every_sample_is_held_out_once(samples, data):
    folds = data.draw(st.integers(2, samples))
    pairs = list(k_fold(samples, folds, torch.Generator().manual_seed(0)))
    assert len(pairs) == folds
    assert sorted(torch.cat([held for _, held in pairs]).tolist()) == list(range(samples))
    for fit, held in pairs:
        assert sorted(fit.tolist() + held.tolist()) == list(range(samples))
        assert len(held) - samples // folds in (0, 1)


@pytest.mark.parametrize("folds", [1, 6])
def test_impossible_folds(folds):
    with pytest.raises(ValueError, match=rf"between 2 and the number of samples, 5, got {folds}"):
        next(k_fold(5, folds))


# ---- Ridge


@pytest.mark.parametrize(("n", "d"), [(7, 3), (3, 7), (4, 4), (6, 1)])
@pytest.mark.parametrize("targets", [(), (2,)])
def test_ridge_solves_its_normal_equations(n, d, targets):
    penalties = torch.tensor([[0.3, 2.0, 50.0]], dtype=torch.float64)
    A, b = normal(n, d), normal(n, *targets, seed=1)

    def solved(A, b):
        systems = A.T @ A + penalties[..., None, None] * torch.eye(d, dtype=torch.float64)
        right = (A.T @ b if targets else (A.T @ b).unsqueeze(-1)).expand(1, 3, d, -1)
        solution = torch.linalg.solve(systems, right)
        return solution if targets else solution.squeeze(-1)

    assert_same(lambda A, b: ridge(A, b, penalties), solved, A, b, tolerance=1e-9)
    torch.testing.assert_close(ridge(A, b, 2.0), solved(A, b)[0, 1])


@pytest.mark.parametrize(("n", "d", "rank"), [(7, 3, 3), (3, 7, 3), (6, 5, 2), (4, 3, 0)])
def test_without_penalty_ridge_is_the_shortest_solution(n, d, rank):
    A, b = normal(n, rank) @ normal(rank, d, seed=1), normal(n, seed=2)
    torch.testing.assert_close(ridge(A, b, 0.0), torch.linalg.pinv(A) @ b, rtol=1e-9, atol=1e-9)
    assert ridge(torch.zeros(0, d), torch.zeros(0), 1.0).tolist() == [0.0] * d


def test_ridge_refuses_negative_penalties():
    with pytest.raises(ValueError, match="penalty must not be negative, got -1"):
        ridge(normal(3, 2), normal(3), torch.tensor([1.0, -1.0]))


# ---- Soft thresholds and the lasso


@given(
    shape=st.lists(st.integers(0, 4), max_size=3).map(tuple),
    lambd=st.sampled_from([0.0, 0.3, 1.0, 9.0]),
    seed=st.integers(0, 999),
)
@settings(max_examples=40, deadline=None)
def test_softshrink_equals_torch(shape, lambd, seed):
    assert_same(lambda a: softshrink(a, lambd), lambda a: F.softshrink(a, lambd), normal(*shape, seed=seed))


@given(size=st.integers(1, 5), lambd=st.sampled_from([0.0, 0.4, 2.0]), seed=st.integers(0, 999))
@settings(max_examples=40, deadline=None)
def test_norm_shrink_satisfies_its_optimality_condition(size, lambd, seed):
    a = normal(3, size, seed=seed)
    w = norm_shrink(a, lambd)
    for given_, found in zip(a, w, strict=True):
        if found.any():  # w - a + λ w / ‖w‖ = 0
            torch.testing.assert_close(found + lambd * found / found.norm(), given_)
        else:
            assert given_.norm() <= lambd
    assert norm_shrink(torch.zeros(2), lambd).tolist() == [0.0, 0.0]


@pytest.mark.parametrize("shrink", [softshrink, norm_shrink])
def test_thresholds_refuse_negative_ones(shrink):
    with pytest.raises(ValueError, match=r"lambd must not be negative, got -0\.1"):
        shrink(normal(3), -0.1)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("penalty", [0.0, 0.5, 3.0])
def test_lasso_satisfies_its_optimality_conditions(seed, penalty):
    A, b = normal(9, 4, seed=seed), normal(9, seed=seed + 10)
    w = lasso(A, b, penalty, tol=1e-12)
    slope = A.T @ (b - A @ w)  # a subgradient of the penalty: λ sign(w) where w is not 0, and at most λ elsewhere
    kept = w != 0
    torch.testing.assert_close(slope[kept], penalty * w[kept].sign(), rtol=0, atol=1e-8)
    assert (slope[~kept].abs() <= penalty + 1e-9).all()
    if penalty == 0:
        torch.testing.assert_close(w, torch.linalg.lstsq(A, b[:, None]).solution[:, 0], rtol=0, atol=1e-8)


def test_lasso_agrees_with_a_solver_and_takes_many_penalties():
    A, b = normal(9, 4), normal(9, seed=1)
    path = lasso(A, b, torch.tensor([0.5, 3.0, 1e9], dtype=torch.float64), tol=1e-12)
    X, y = A.numpy(), b.numpy()
    for w, penalty in zip(path, (0.5, 3.0), strict=False):  # w = p - m with p, m >= 0 makes it smooth

        def objective(parts, penalty=penalty):
            return 0.5 * np.sum((X @ (parts[:4] - parts[4:]) - y) ** 2) + penalty * parts.sum()

        found = scipy.optimize.minimize(objective, np.ones(8), bounds=[(0, None)] * 8, options={"ftol": 1e-15})
        np.testing.assert_allclose(w, found.x[:4] - found.x[4:], atol=1e-4)
    assert path[2].tolist() == [0.0] * 4


def test_lasso_says_when_it_gives_up():
    with pytest.raises(RuntimeError, match="no convergence in 3 steps; standardise the features"):
        lasso(normal(9, 4) * torch.tensor([1.0, 1e3, 1.0, 1.0]), normal(9, seed=1), 0.1, max_steps=3)
    with pytest.raises(ValueError, match="lambd must not be negative"):
        lasso(normal(9, 4), normal(9, seed=1), -1.0)


# ---- Early stopping


@given(errors=st.lists(st.integers(0, 20), min_size=1, max_size=30), patience=st.integers(1, 5))
@settings(max_examples=80, deadline=None)
def test_early_stopping_keeps_the_best_and_waits(errors, patience):
    stopping = EarlyStopping(patience)
    seen = []
    for error in errors:
        seen.append(error)
        improved = stopping.step(error)
        best = seen.index(min(seen))
        assert (stopping.best, stopping.best_epoch) == (min(seen), best)
        assert improved == (best == len(seen) - 1)
        assert stopping.stop == (len(seen) - 1 - best >= patience)


def test_early_stopping_details():
    stopping = EarlyStopping(patience=2, min_delta=0.5)
    assert [stopping.step(error) for error in (math.nan, 3.0, 2.6, 2.4)] == [False, True, False, True]
    assert not stopping.stop and stopping.best == 2.4
    stopping = EarlyStopping(patience=2)
    assert not any(stopping.step(math.nan) for _ in range(3)) and stopping.stop
    for options in ({"patience": 0}, {"patience": 1, "min_delta": -1.0}):
        with pytest.raises(ValueError, match="expected patience >= 1 and min_delta >= 0, got"):
            EarlyStopping(**options)


# ---- Dropout


@given(
    shape=st.lists(st.integers(0, 4), max_size=3).map(tuple),
    p=st.sampled_from([0.0, 0.2, 0.5, 0.8, 1.0]),
    training=st.booleans(),
    seed=st.integers(0, 999),
)
@settings(max_examples=60, deadline=None)
def test_dropout_equals_torch_with_the_same_random_numbers(shape, p, training, seed):
    def seeded(function):
        def call(h):
            torch.manual_seed(seed)
            return function(h, p, training)

        return call

    assert_same(seeded(dropout), seeded(F.dropout), normal(*shape, seed=seed))


@pytest.mark.parametrize("p", [0.3, 0.5, 0.8])
def test_dropout_keeps_the_mean_and_adds_variance(p):
    torch.manual_seed(0)
    draws = dropout(torch.full((400_000,), 3.0, dtype=torch.float64), p)
    assert draws.mean().item() == pytest.approx(3, rel=0.02)
    assert draws.var().item() == pytest.approx(p / (1 - p) * 9, rel=0.02)


@pytest.mark.parametrize("p", [-0.1, 1.1, math.nan])
def test_dropout_refuses_what_is_no_probability(p):
    with pytest.raises(ValueError, match="p is the probability of dropping, between 0 and 1, got"):
        dropout(normal(3), p)


# ---- Rotation


@pytest.mark.parametrize("size", [4, 5])
@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_rotation_by_quarters_is_rot90(size, quarters):
    images = normal(3, size, size)
    turned = rotate(images, torch.full((3,), 90.0 * quarters, dtype=torch.float64))
    torch.testing.assert_close(turned, torch.rot90(images, quarters, (1, 2)), rtol=0, atol=1e-12)


def test_rotation_back_and_forth_and_bad_input():
    line = torch.linspace(-2, 2, 33, dtype=torch.float64)
    blob = torch.exp(-2 * ((line[:, None] - 0.4) ** 2 + (line - 0.2) ** 2)).expand(2, -1, -1)
    angles = torch.tensor([20.0, 140.0], dtype=torch.float64)
    torch.testing.assert_close(rotate(rotate(blob, angles), -angles), blob, rtol=0, atol=0.03)
    with pytest.raises(ValueError, match=r"images must be square, got \(3, 4\)"):
        rotate(normal(2, 3, 4), angles)


# ---- Experiments and their records

EXPERIMENTS = ["", "_dropout", "_ensemble", "_augmentation", "_decay", "_capacity", "_diabetes"]


@pytest.mark.parametrize("name", [f"regularization{suffix}" for suffix in EXPERIMENTS])
def test_experiments_run_and_their_records_are_of_today(name):
    module = importlib.import_module(f"dlnotes.experiments.{name}")
    run, recorded = module.smoke(), runs.load(name)
    assert runs.fresh(recorded), f"run it again: python -m dlnotes train {name}"
    assert run.experiment == name and set(run.results) and len(recorded.seeds) >= 5


def test_random_maps_of_images():
    """The experiments' maps: none by default, a mirror image, the rotations of this chapter, and a shift."""
    images, none = normal(2, 3, 6, 6).float(), torch.zeros(2)
    torch.testing.assert_close(transform(images, none, none, none), images, rtol=0, atol=1e-5)
    torch.manual_seed(0)
    flipped = transform(images, none, none, torch.full((2,), 2.0))  # a "probability" of 1
    torch.testing.assert_close(flipped, images.flip(-1), rtol=0, atol=1e-5)
    torch.manual_seed(0)
    turned = transform(images, none, torch.full((2,), 50.0), none)
    torch.manual_seed(0)
    angles = 50 * (2 * torch.rand(2, 3) - 1)
    lowest = images.min()  # the background
    expected = rotate(images.flatten(0, 1) - lowest, angles.flatten()) + lowest
    torch.testing.assert_close(turned.flatten(0, 1), expected, rtol=0, atol=1e-5)
    inner = F.pad(torch.ones(2, 3, 2, 2), (2, 2, 2, 2))
    moved = transform(inner, torch.full((2,), 1.5), none, none)
    torch.testing.assert_close(moved.sum((2, 3)), inner.sum((2, 3)))  # nothing leaves, all is displaced
    assert (moved != inner).flatten(2).any(-1).all()


def test_networks_are_those_of_torch():
    """Logits of one of the batched networks, and the weighting of dropout, which copies share."""
    networks = Networks([5, 4, 3], [Setting(), Setting(dropout=(0.0, 0.5, 0.0))], (0, 1), "cpu")
    x = normal(1, 7, 5).float()
    layers = [torch.nn.Linear(5, 4), torch.nn.ReLU(), torch.nn.Linear(4, 3)]
    for layer, weight, bias in zip(layers[::2], networks.weights, networks.biases, strict=True):
        layer.weight.data, layer.bias.data = weight[3].data.T, bias[3, 0].data
    torch.testing.assert_close(networks.logits(x)[3], torch.nn.Sequential(*layers)(x[0]))
    assert networks.each(lambda setting: setting.dropout[1]).tolist() == [0, 0, 0.5, 0.5]
    torch.testing.assert_close(networks.weights[0][0], networks.weights[0][2])  # settings share a seed's weights
    some = networks.copy([parameter[2:] for parameter in networks.parameters])
    torch.testing.assert_close(some.logits(x), networks.logits(x)[2:])


def test_masks_do_not_touch_the_networks_without_dropout():
    config = regularization_dropout.SMALL
    torch.manual_seed(0)
    h = torch.ones(2, 3, 4)
    from dlnotes.experiments.regularization import _drop

    dropped = _drop(h, torch.tensor([0.0, 0.5]))
    assert (dropped[0] == 1).all() and set(dropped[1].unique().tolist()) == {0.0, 2.0}
    assert config.rates[0] == 0.0  # the sweep's first setting is the one without


def test_double_descent_is_a_matter_of_variance():
    run = runs.load("regularization_capacity")
    features, threshold = run.config["features"], run.config["features"].index(run.config["samples"])
    error, bias, variance = (run.array(f"shortest_{name}") for name in ("error", "bias", "variance"))
    few = error[:, :threshold].min(1)
    assert (error[:, threshold] > 50 * few).all() and (error[:, -1] < 0.6 * few).all()
    corrected = (bias - variance / (run.config["draws"] - 1)).mean(0)
    others = np.delete(corrected, threshold)
    assert (np.diff(others) < 0.01).all() and others[0] > 2 * others[-1]
    assert (variance.mean(0)[: threshold + 1] == np.sort(variance.mean(0)[: threshold + 1])).all()
    assert (variance.mean(0)[threshold:] == -np.sort(-variance.mean(0)[threshold:])).all()
    assert (run.array("ridge_error") < error).all() and features[-1] > 20 * run.config["samples"]
    assert (np.diff(run.array("ridge_error").mean(0)) < 0.005).all()


def test_penalties_help_on_diabetes():
    run = runs.load("regularization_diabetes")
    assert run.median("plain_rmse") > run.mean("constant_rmse") > run.mean("ridge_rmse") + 10
    assert run.mean("lasso_gain") > 4 * run.std("lasso_gain") / len(run.seeds) ** 0.5
    for name in ("ridge", "lasso"):
        train, test = run.array(f"{name}_train").mean(0), run.array(f"{name}_test").mean(0)
        assert (np.diff(train) > -1e-4 * train[0]).all()  # a higher price never lowers the training error
        assert 0 < test.argmin() < len(test) - 1


def test_ways_compare_as_the_page_says():
    run = runs.load("regularization")
    ways = ("none_stopped", "l2", "l1", "dropout", "augmentation", "together", "more_data")
    loss = {name: run.result("none_nll") - run.result(f"{name}_nll") for name in ways}
    points = {name: 100 * (run.result(f"{name}_accuracy") - run.result("none_accuracy")).mean() for name in ways}
    assert all((saved > 0).all() for saved in loss.values())
    assert all(points[name] < 1 for name in ways[:-1]) and points["none_stopped"] < 0
    assert points["more_data"] > sum(max(points[name], 0) for name in ways[:-1])
    assert points["augmentation"] < 0.5
    assert points["together"] <= points["dropout"] and loss["together"].mean() <= loss["l2"].mean()


def test_dropout_behaves_as_the_page_says():
    run = runs.load("regularization_dropout")
    rates, nll, accuracy = run.config["rates"], run.array("nll").mean(0), run.array("accuracy").mean(0)
    assert rates[nll.argmin()] == 0.5 and 0 < accuracy.max() - accuracy[0] < 0.01
    assert accuracy[-1] < accuracy[0] - 0.05 and run.array("train_loss").mean(0)[-1] > 0.5  # underfits
    assert run.array("masks_nll")[:, -1].mean() < run.mean("scaled_nll")
    assert (run.array("masks_distance")[:, -1] > 0.03).all()
    assert run.mean("input_accuracy") < run.mean("none_accuracy") < run.mean("hidden_accuracy")
    assert run.mean("logits_nll") < run.mean("none_nll")


def test_rotations_and_ensembles_behave_as_the_page_says():
    run = runs.load("regularization_augmentation")
    assert run.max("confusion_by_90") == 0 and run.mean("confusion_by_180") > 0
    assert run.max("accuracy_30_by_0") < run.min("accuracy_30_by_30")
    assert run.mean("accuracy_0_by_15") > run.mean("accuracy_0_by_0") > run.mean("accuracy_0_by_180")
    run = runs.load("regularization_ensemble")
    assert run.max("bagging_correlation") < run.min("initialisation_correlation")
    assert run.max("bagging_accuracy_one") < run.min("initialisation_accuracy_one")
    assert abs(run.mean("bagging_accuracy_all") - run.mean("initialisation_accuracy_all")) < 0.005
    for kind in ("bagging", "initialisation"):  # the mean square error of a mean by the formula for the variance
        error, rho = run.mean(f"{kind}_error"), run.mean(f"{kind}_correlation")
        expected = [rho * error + (1 - rho) * error / size for size in run.config["sizes"]]
        np.testing.assert_allclose(run.array(f"{kind}_square_error").mean(0), expected, rtol=0.01)


def test_decays_differ_in_the_weights_and_hardly_in_accuracy():
    run = runs.load("regularization_decay")
    assert run.max("decoupled_norm") < run.min("l2_norm") < run.min("none_norm")
    accuracies = [run.mean(f"{name}_accuracy") for name in ("none", "l2", "decoupled")]
    assert max(accuracies) - min(accuracies) < run.std("none_accuracy")
