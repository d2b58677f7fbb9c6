"""dlnotes.softmax against torch in float64, forward and backward, and against the properties the chapter proves."""

import math

import jaxtyping
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from dlnotes import softmax as module
from dlnotes.softmax import (
    cross_entropy,
    entropy,
    log_softmax,
    logsumexp,
    softmax,
    softmax_jacobian,
    softmax_regression_gradient,
    softmax_vjp,
)

INF = math.inf
SHAPES_AND_DIMS = [((5,), 0), ((4, 3), 1), ((4, 3), 0), ((2, 3, 4), -2), ((2, 0), 0), ((0, 3), 1), ((2, 0), 1), ((), 0)]
SCALES = [1.0, 1e4, 1e300]


def scores(shape, scale=1.0, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return scale * torch.randn(shape, generator=generator, dtype=torch.float64)


def assert_same(ours, theirs, *inputs):
    """Values and gradients of a random weighting of them agree to float64."""
    mine, reference = ours(*inputs), theirs(*inputs)
    torch.testing.assert_close(mine, reference, rtol=1e-12, atol=1e-12, equal_nan=True)
    weights = scores(reference.shape, seed=1)
    leaves = [x.clone().requires_grad_() for x in inputs]
    gradients = [torch.autograd.grad((weights * f(*leaves)).nan_to_num(0, 0, 0).sum(), leaves) for f in (ours, theirs)]
    for a, b in zip(*gradients, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-12, atol=1e-12, equal_nan=True)


@pytest.mark.parametrize("name", ["softmax", "log_softmax", "logsumexp"])
@pytest.mark.parametrize(("shape", "dim"), SHAPES_AND_DIMS)
@pytest.mark.parametrize("scale", SCALES)
def test_agrees_with_torch(name, shape, dim, scale):
    assert_same(lambda z: getattr(module, name)(z, dim), lambda z: getattr(torch, name)(z, dim), scores(shape, scale))


@pytest.mark.parametrize("name", ["softmax", "log_softmax", "logsumexp"])
@pytest.mark.parametrize("extreme", [[INF, 0.0], [-INF, -INF], [-INF, 0.0], [INF, INF], [math.nan, 0.0]])
def test_infinite_scores_as_torch(name, extreme):
    z = torch.tensor(extreme, dtype=torch.float64)
    ours, theirs = getattr(module, name)(z, 0), getattr(torch, name)(z, 0)
    torch.testing.assert_close(ours, theirs, equal_nan=True)


@pytest.mark.parametrize("keepdim", [False, True])
@pytest.mark.parametrize("dim", [1, (0, 2)])
def test_logsumexp_dims(dim, keepdim):
    assert_same(lambda z: logsumexp(z, dim, keepdim), lambda z: torch.logsumexp(z, dim, keepdim), scores((2, 3, 4)))


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=6), st.floats(-1e3, 1e3))
def test_softmax_is_a_distribution_and_ignores_a_shift(values, shift):
    z = torch.tensor(values, dtype=torch.float64)
    a = softmax(z, 0)
    assert (a >= 0).all() and abs(a.sum().item() - 1) < 1e-12
    torch.testing.assert_close(softmax(z + shift, 0), a, rtol=1e-8, atol=1e-9)  # z + shift is rounded
    assert z.max() <= logsumexp(z, 0) <= z.max() + math.log(len(values)) + 1e-9


@pytest.mark.parametrize("shape", [(3,), (2, 5), (2, 0, 3), (4, 1)])
def test_jacobian_agrees_with_autograd(shape):
    z = scores(shape)
    flat = z.reshape(-1, shape[-1])
    expected = [torch.autograd.functional.jacobian(lambda v: torch.softmax(v, 0), row) for row in flat]
    expected = torch.stack(expected) if expected else z.new_zeros(0, shape[-1], shape[-1])
    torch.testing.assert_close(softmax_jacobian(z), expected.reshape(*shape, shape[-1]), rtol=0, atol=1e-15)


def test_jacobian_norm_is_at_most_one_half():
    norms = torch.linalg.matrix_norm(softmax_jacobian(scores((2000, 4), 3.0)), ord=2)
    assert norms.max() <= 0.5 + 1e-12
    two_ahead = softmax_jacobian(torch.tensor([0.0, 0.0, -40.0], dtype=torch.float64))
    torch.testing.assert_close(torch.linalg.matrix_norm(two_ahead, ord=2), torch.tensor(0.5, dtype=torch.float64))


@pytest.mark.parametrize(("shape", "dim"), SHAPES_AND_DIMS[:6])
def test_vjp_agrees_with_autograd(shape, dim):
    z, g = scores(shape).requires_grad_(), scores(shape, seed=2)
    (expected,) = torch.autograd.grad(torch.softmax(z, dim), z, g)
    torch.testing.assert_close(softmax_vjp(g, torch.softmax(z.detach(), dim), dim), expected, rtol=0, atol=1e-15)


def test_entropy_agrees_with_scipy():
    from scipy import stats

    probs = torch.tensor([[0.2, 0.5, 0.3], [1.0, 0.0, 0.0]], dtype=torch.float64)
    torch.testing.assert_close(entropy(probs, 1), torch.from_numpy(stats.entropy(probs.numpy(), axis=1)))


@pytest.mark.parametrize("shape", [(5,), (4, 3), (2, 3, 4), (1, 2, 3, 2)])
@pytest.mark.parametrize("reduction", ["none", "sum", "mean"])
@pytest.mark.parametrize("label_smoothing", [0.0, 0.1, 1.0])
@pytest.mark.parametrize("kind", ["index", "probability"])
@pytest.mark.parametrize("scale", [1.0, 1e4])
def test_cross_entropy_agrees_with_torch(shape, reduction, label_smoothing, kind, scale):
    dim = 0 if len(shape) == 1 else 1
    if kind == "index":
        generator = torch.Generator().manual_seed(3)
        target = torch.randint(shape[dim], shape[:dim] + shape[dim + 1 :], generator=generator)
    else:
        target = torch.softmax(scores(shape, seed=3), dim)
    options = {"reduction": reduction, "label_smoothing": label_smoothing}
    assert_same(
        lambda z: cross_entropy(z, target, **options),
        lambda z: functional.cross_entropy(z, target, **options),
        scores(shape, scale),
    )


@pytest.mark.parametrize("target", [torch.zeros(0, dtype=torch.int64), torch.zeros(0, 3)])
@pytest.mark.parametrize("reduction", ["none", "sum", "mean"])
def test_cross_entropy_of_no_samples_as_torch(target, reduction):
    z = torch.zeros(0, 3)
    expected = functional.cross_entropy(z, target, reduction=reduction)
    torch.testing.assert_close(cross_entropy(z, target, reduction=reduction), expected, equal_nan=True)


@pytest.mark.parametrize("batch", [(), (2,)])
def test_regression_gradient_agrees_with_autograd(batch):
    x, z = scores((*batch, 7, 4)), scores((*batch, 7, 3), seed=4)
    y = torch.softmax(z, -1)
    weight, bias = scores((*batch, 3, 4), seed=5).requires_grad_(), scores((*batch, 3), seed=6).requires_grad_()
    logits = x @ weight.mT + bias.unsqueeze(-2)
    loss = -(y * torch.log_softmax(logits, -1)).sum(-1).mean(-1).sum()
    expected = torch.autograd.grad(loss, (weight, bias))
    got = softmax_regression_gradient(x, y, weight.detach(), bias.detach())
    torch.testing.assert_close(got, expected, rtol=0, atol=1e-14)


@pytest.fixture
def no_annotation_checks():
    """The functions' own messages, as a reader meets them, not those of the checker that runs in tests."""
    jaxtyping.config.update("jaxtyping_disable", True)
    yield
    jaxtyping.config.update("jaxtyping_disable", False)


N3 = torch.zeros(4, 3)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: softmax(torch.tensor([1, 2]), 0), TypeError, "int64; convert it with input.float()"),
        (lambda: logsumexp(torch.tensor([1, 2]), 0), TypeError, "floating-point"),
        (lambda: log_softmax(torch.tensor([True]), 0), TypeError, "got torch.bool"),
        (lambda: softmax(torch.zeros(3), 1), IndexError, "Dimension out of range"),
        (lambda: softmax_vjp(torch.zeros(3), torch.zeros(2), 0), ValueError, r"got \(3,\) and \(2,\)"),
        (lambda: cross_entropy(N3, torch.tensor([0, 1, 2, 3])), ValueError, "between 0 and 2, got 0 to 3"),
        (lambda: cross_entropy(N3, torch.tensor([0, 1, 2, -100])), ValueError, "ignore_index is not supported"),
        (lambda: cross_entropy(N3, torch.tensor([0, 1])), ValueError, r"must have shape \(4,\), got \(2,\)"),
        (lambda: cross_entropy(N3, torch.zeros(3, 4)), ValueError, r"shape of input \(4, 3\), got \(3, 4\)"),
        (lambda: cross_entropy(N3, torch.zeros(4, dtype=torch.int32)), TypeError, "got torch.int32"),
        (lambda: cross_entropy(torch.tensor(1.0), torch.tensor(0)), ValueError, "got a single number"),
        (lambda: cross_entropy(N3, N3, reduction="avg"), ValueError, "got 'avg'"),
        (lambda: cross_entropy(N3, N3, label_smoothing=1.5), ValueError, "between 0 and 1, got 1.5"),
        (
            lambda: softmax_regression_gradient(
                torch.zeros(0, 2), torch.zeros(0, 3), torch.zeros(3, 2), torch.zeros(3)
            ),
            ValueError,
            "at least one sample",
        ),
    ],
)
def test_bad_input_is_refused_with_the_remedy(no_annotation_checks, call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_float32_keeps_log_probabilities_of_large_scores():
    """Why log_softmax subtracts the maximum first: at scores near 1e6 the difference is 0.06 in float32."""
    z = torch.tensor([1e6, 1e6 + 0.5], dtype=torch.float32)
    exact = torch.log_softmax(z.double(), 0)
    assert (log_softmax(z, 0) - exact).abs().max() < 1e-6
    assert ((z - logsumexp(z, 0)) - exact).abs().max() > 1e-3


def test_experiment_learns_the_digits():
    """The recorded experiment's code on the embedded digits: better than the classes' frequencies, seed by seed."""
    from dlnotes.experiments.softmax import smoke

    run = smoke()
    loss = run.array("train_loss")
    assert loss.shape == (2, 3)
    assert (loss[:, -1] < loss[:, 0]).all() and (loss[:, 0] < math.log(10)).all()
    assert run.min("test_accuracy") > 0.7
    assert run.array("class_accuracy").shape == (2, 10)


def test_record_is_that_of_the_page():
    """The stored run holds what the chapter quotes and draws."""
    from dlnotes import runs

    run = runs.load("softmax")
    assert runs.fresh(run), "train it again: python -m dlnotes train softmax"
    assert run.config["dataset"] == "fashion_mnist" and len(run.seeds) == 5
    assert run.array("test_accuracy").shape == (5, run.config["epochs"])
    assert (run.array("test_accuracy")[:, -1] == run.result("test_accuracy")).all()
