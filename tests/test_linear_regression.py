"""dlnotes.linear_regression against torch and scipy in float64, forward and backward, and against what it proves."""

import math

import jaxtyping
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from dlnotes.linear_regression import (
    gaussian_nll_loss,
    hat_matrix,
    interactions,
    linear,
    linear_regression_gradient,
    lstsq,
    mse_loss,
    one_hot,
    pinv,
    solve_normal_equations,
)

REDUCTIONS = ["none", "mean", "sum"]
SHAPES = [(5,), (4, 3), (2, 3, 4), (), (0,), (2, 0)]


def normal(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def assert_same(ours, theirs, *inputs, tolerance=1e-12):
    """Values and gradients of a random weighting of them agree to float64."""
    leaves = [x.clone().requires_grad_() for x in inputs]
    mine, reference = ours(*leaves), theirs(*leaves)
    torch.testing.assert_close(mine, reference, rtol=tolerance, atol=tolerance, equal_nan=True)
    weights = normal(*reference.shape, seed=1)
    gradients = [torch.autograd.grad((weights * output).sum(), leaves) for output in (mine, reference)]
    for a, b in zip(*gradients, strict=True):
        torch.testing.assert_close(a, b, rtol=tolerance, atol=tolerance, equal_nan=True)


@pytest.mark.parametrize("batch", [(), (6,), (2, 3), (0,)])
@pytest.mark.parametrize("out", [(), (4,)])
@pytest.mark.parametrize("with_bias", [False, True])
def test_linear_agrees_with_torch(batch, out, with_bias):
    inputs = [normal(*batch, 5), normal(*out, 5, seed=1)] + [normal(*out, seed=2)] * with_bias
    # torch's own refuses a bias beside a weight without an output dimension where input is a matrix
    assert_same(linear, lambda input, weight, bias=0.0: functional.linear(input, weight) + bias, *inputs)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("scale", [1.0, 1e150])
def test_mse_loss_agrees_with_torch(shape, reduction, scale):
    assert_same(
        lambda a, b: mse_loss(a, b, reduction=reduction),
        lambda a, b: functional.mse_loss(a, b, reduction=reduction),
        scale * normal(*shape),
        scale * normal(*shape, seed=1),
    )


@pytest.mark.parametrize(
    ("shape", "var_shape"),
    [(shape, shape) for shape in SHAPES] + [(shape, shape[:-1]) for shape in SHAPES if shape] + [((4, 3), (4, 1))],
)
@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("full", [False, True])
def test_gaussian_nll_loss_agrees_with_torch(shape, var_shape, reduction, full):
    var = normal(*var_shape, seed=2).exp()
    assert_same(
        lambda *inputs: gaussian_nll_loss(*inputs, full=full, reduction=reduction),
        lambda *inputs: functional.gaussian_nll_loss(*inputs, full=full, reduction=reduction),
        *(normal(*shape), normal(*shape, seed=1), var),
    )


@pytest.mark.parametrize("variance", [0.0, 1e-9, 1e-6, 1e-3])
def test_gaussian_nll_loss_raises_small_variances_as_torch(variance):
    var = torch.full((4,), variance, dtype=torch.float64)
    assert_same(gaussian_nll_loss, functional.gaussian_nll_loss, normal(4), normal(4, seed=1), var)
    ours, theirs = (
        loss(normal(4), normal(4, seed=1), variance) for loss in (gaussian_nll_loss, functional.gaussian_nll_loss)
    )
    torch.testing.assert_close(ours, theirs)


@pytest.mark.parametrize("batch", [(), (3,), (2, 3)])
def test_gradient_agrees_with_autograd(batch):
    x, y = normal(*batch, 7, 4), normal(*batch, 7, seed=1)
    weight, bias = normal(*batch, 4, seed=2).requires_grad_(), normal(*batch, seed=3).requires_grad_()
    predictions = (x * weight.unsqueeze(-2)).sum(-1) + bias.unsqueeze(-1)
    expected = torch.autograd.grad(((predictions - y) ** 2).mean(-1).sum(), (weight, bias))
    got = linear_regression_gradient(x, y, weight.detach(), bias.detach())
    torch.testing.assert_close(got, expected, rtol=0, atol=1e-13)


@pytest.mark.parametrize("solve", [solve_normal_equations, lstsq, lambda A, B: pinv(A) @ B])
@pytest.mark.parametrize(("m", "n"), [(8, 3), (3, 3), (5, 1)])
@pytest.mark.parametrize(("batch", "columns"), [((), (2,)), ((3,), (2,)), ((), ()), ((2, 3), (1,))])
def test_solvers_agree_with_torch(solve, m, n, batch, columns):
    A, B = normal(*batch, m, n), normal(*batch, m, *columns, seed=1)
    assert_same(solve, lambda A, B: torch.linalg.lstsq(A, B, driver="gels").solution, A, B, tolerance=1e-9)


@pytest.mark.parametrize("solve", [solve_normal_equations, lstsq])
def test_batched_single_right_hand_sides(solve):
    A, b = normal(4, 6, 2), normal(4, 6, seed=1)
    expected = torch.stack([torch.linalg.lstsq(A[i], b[i]).solution for i in range(4)])
    torch.testing.assert_close(solve(A, b), expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("shape", [(6, 3), (3, 6), (2, 4, 4), (0, 3), (3, 0), (2, 0, 3)])
def test_pinv_agrees_with_torch(shape):
    assert_same(pinv, torch.linalg.pinv, normal(*shape), tolerance=1e-9)


@pytest.mark.parametrize("rank", [0, 1, 2])
def test_pinv_of_dependent_columns(rank):
    """Against torch, by Penrose's four conditions, and by the length of the solution."""
    A = normal(6, rank) @ normal(rank, 4, seed=1)
    P = pinv(A)
    torch.testing.assert_close(P, torch.linalg.pinv(A), rtol=0, atol=1e-12)
    for left, right in ((A @ P @ A, A), (P @ A @ P, P), ((A @ P).T, A @ P), ((P @ A).T, P @ A)):
        torch.testing.assert_close(left, right, rtol=0, atol=1e-12)
    b = normal(6, seed=2)
    other = P @ b + (torch.eye(4, dtype=torch.float64) - P @ A) @ normal(4, seed=3)
    torch.testing.assert_close(A @ other, A @ P @ b)
    assert (P @ b).norm() < other.norm()


def test_pinv_rtol_as_torch():
    A = torch.diag(torch.tensor([1.0, 1e-3, 1e-6], dtype=torch.float64))
    for rtol in (None, 1e-8, 1e-4, 1e-2, 1.0):
        torch.testing.assert_close(pinv(A, rtol=rtol), torch.linalg.pinv(A, rtol=rtol))


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 5), st.integers(0, 10), st.integers(0, 100))
def test_hat_matrix_is_the_orthogonal_projection(columns, extra_rows, seed):
    A = normal(columns + extra_rows, columns, seed=seed)
    H = hat_matrix(A)
    torch.testing.assert_close(H @ H, H, rtol=0, atol=1e-10)
    torch.testing.assert_close(H.T, H, rtol=0, atol=1e-10)
    torch.testing.assert_close(H @ A, A, rtol=0, atol=1e-10)
    assert abs(H.trace().item() - columns) < 1e-10


def test_qr_keeps_the_digits_that_the_normal_equations_lose():
    """Läuchli's matrix: its columns differ by 1e-7, and 1 + 1e-14 keeps but two digits of the square."""
    epsilon = 1e-7
    A = torch.tensor([[1.0, 1.0], [epsilon, 0.0], [0.0, epsilon]], dtype=torch.float64)
    exact = torch.tensor([1.0, 1.0], dtype=torch.float64)
    assert (lstsq(A, A @ exact) - exact).abs().max() < 1e-7
    assert (solve_normal_equations(A, A @ exact) - exact).abs().max() > 1e-4


@pytest.mark.parametrize("scale", [1e-30, 1.0, 1e30])
def test_a_tiny_column_is_not_a_dependent_one(scale):
    A = normal(6, 3) * torch.tensor([1.0, scale, 1.0], dtype=torch.float64)
    expected = torch.linalg.lstsq(A / A.norm(dim=0), normal(6, seed=1)).solution / A.norm(dim=0)
    torch.testing.assert_close(lstsq(A, normal(6, seed=1)), expected, rtol=1e-9, atol=0)


@pytest.mark.parametrize("shape", [(5,), (2, 3), (0,), ()])
def test_one_hot_agrees_with_torch(shape):
    indices = torch.randint(4, shape, generator=torch.Generator().manual_seed(0))
    for classes in (4, 6) if 0 in shape else (-1, 4, 6):
        assert torch.equal(one_hot(indices, classes), functional.one_hot(indices, classes))


@pytest.mark.parametrize("dtype", [torch.int64, torch.float64])
def test_interactions_are_a_rowwise_kronecker_product(dtype):
    from scipy.linalg import khatri_rao

    indicators, x = one_hot(torch.tensor([2, 0, 1, 2]), 3).to(dtype), normal(4, 2)
    expected = khatri_rao(indicators.T.numpy(), x.T.numpy()).T
    torch.testing.assert_close(interactions(indicators, x), torch.from_numpy(expected), rtol=0, atol=0)


def test_one_solve_with_interactions_is_a_fit_for_every_category():
    category = torch.randint(3, (60,), generator=torch.Generator().manual_seed(1))
    x, y = torch.cat([torch.ones(60, 1, dtype=torch.float64), normal(60, 2)], dim=1), normal(60, seed=1)
    together = lstsq(interactions(one_hot(category, 3), x), y)
    separate = torch.cat([lstsq(x[category == s], y[category == s]) for s in range(3)])
    torch.testing.assert_close(together, separate, rtol=0, atol=1e-12)


@pytest.fixture
def no_annotation_checks():
    """The functions' own messages, as a reader meets them, not those of the checker that runs in tests."""
    jaxtyping.config.update("jaxtyping_disable", True)
    yield
    jaxtyping.config.update("jaxtyping_disable", False)


TWICE = torch.ones(4, 2)  # the same column twice


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: linear(torch.zeros(4, 3), torch.zeros(2)), "3 features and weight 2"),
        (lambda: mse_loss(torch.zeros(4, 1), torch.zeros(4)), r"got \(4, 1\) and \(4,\).*squeeze"),
        (lambda: mse_loss(torch.zeros(4), torch.zeros(4), reduction="avg"), "got 'avg'"),
        (lambda: gaussian_nll_loss(torch.zeros(4), torch.zeros(1), 1.0), r"got \(4,\) and \(1,\)"),
        (lambda: gaussian_nll_loss(torch.zeros(4), torch.zeros(4), torch.ones(3)), r"got shape \(3,\)"),
        (lambda: gaussian_nll_loss(torch.zeros(4), torch.zeros(4), -1.0), "got -1.0; it is a variance"),
        (lambda: gaussian_nll_loss(torch.zeros(4), torch.zeros(4), math.nan, reduction="avg"), "got 'avg'"),
        (
            lambda: linear_regression_gradient(torch.zeros(0, 2), torch.zeros(0), torch.zeros(2), torch.tensor(0.0)),
            "at least one sample",
        ),
        (lambda: lstsq(TWICE, torch.zeros(4)), r"depend on each other.*pinv\(A\) @ B"),
        (lambda: solve_normal_equations(TWICE, torch.zeros(4)), r"depend on each other.*pinv\(A\) @ B"),
        (lambda: lstsq(torch.zeros(2, 3), torch.zeros(2)), r"as many rows as columns, got shape \(2, 3\)"),
        (lambda: lstsq(torch.ones(4, 1), torch.zeros(3)), r"row for each of A's \(4, 1\), got shape \(3,\)"),
        (lambda: solve_normal_equations(torch.ones(4, 1), torch.zeros(3, 2)), r"got shape \(3, 2\)"),
        (lambda: one_hot(torch.tensor([0, 3]), 3), "between 0 and 2, got 0 to 3"),
        (lambda: one_hot(torch.tensor([-1, 0])), "got -1 to 0"),
        (lambda: one_hot(torch.tensor([], dtype=torch.int64)), "give num_classes"),
        (lambda: interactions(torch.zeros(3, 2), torch.zeros(4, 2)), r"got \(3, 2\) and \(4, 2\)"),
    ],
)
def test_bad_input_is_refused_with_the_remedy(no_annotation_checks, call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize("name", ["linear_regression_penguins", "linear_regression_diabetes"])
def test_experiments_give_what_was_recorded(name):
    """The first two seeds, run again, give the numbers on the page, to the digits that a record keeps."""
    from dlnotes import experiments, runs

    run, recorded = experiments.module(name).smoke(), runs.load(name)
    assert runs.fresh(recorded), f"run it again: python -m dlnotes train {name}"
    assert run.seeds == recorded.seeds[:2]
    for result in recorded.results:
        torch.testing.assert_close(run.result(result), recorded.result(result)[:2], rtol=1e-5, atol=0)


def test_recorded_slopes_scatter_around_those_of_all_penguins():
    """Bootstrap slopes against numpy's fits to the penguins themselves."""
    import numpy as np

    from dlnotes import data, runs

    run = runs.load("linear_regression_penguins")
    measurements, species = (part.numpy() for part in data.penguins())
    depth, mass = measurements[:, 1], measurements[:, 3]
    slopes = {
        "flipper_slope": np.polyfit(measurements[:, 2], mass, 1)[0],
        "pooled_slope": np.polyfit(depth, mass, 1)[0],
    }
    for index, name in enumerate(("adelie_slope", "chinstrap_slope", "gentoo_slope")):
        slopes[name] = np.polyfit(depth[species == index], mass[species == index], 1)[0]
    assert slopes.keys() == run.results.keys()
    for name, slope in slopes.items():
        assert abs(run.mean(name) - slope) < 0.3 * run.std(name)
        assert np.sign(run.result(name)).tolist() == [np.sign(slope)] * len(run.seeds)


def test_diabetes_split_agrees_with_scikit_learn():
    from sklearn.linear_model import LinearRegression

    from dlnotes import data, runs

    run = runs.load("linear_regression_diabetes")
    features, target = (part.numpy() for part in data.diabetes())
    for index, seed in enumerate(run.seeds[:3]):
        order = torch.randperm(len(target), generator=torch.Generator().manual_seed(seed)).numpy()
        fit, test = order[: run.config["train"]], order[run.config["train"] :]
        model = LinearRegression().fit(features[fit], target[fit])
        rmse = ((model.predict(features[test]) - target[test]) ** 2).mean() ** 0.5
        assert rmse == pytest.approx(run.result("test_rmse")[index], rel=1e-5)
        together = run.array("together")[index] / features[fit].std(0)
        assert together == pytest.approx(model.coef_, rel=1e-4)
