"""dlnotes.logistic_regression against torch, scipy and scikit-learn in float64, and against what the chapter proves."""

import math

import jaxtyping
import numpy as np
import pytest
import torch
from torch.nn import functional

from dlnotes.logistic_regression import (
    bernoulli_mle,
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    calibration_curve,
    expected_calibration_error,
    gaussian_mle,
    linear_discriminant_analysis,
    logistic_regression_gradient,
    logistic_regression_hessian,
    logsigmoid,
    newton_logistic_regression,
    roc_curve,
    sigmoid,
)

SHAPES = [(), (5,), (4, 3), (2, 0), (2, 3, 4)]


def rand(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def uniform(*shape, seed=0):
    return torch.rand(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def labels(*shape, seed=0):
    return (uniform(*shape, seed=seed) < 0.4).double()


def assert_same(ours, theirs, *inputs):
    """Values and gradients of a random weighting of them agree to float64."""
    mine, reference = ours(*inputs), theirs(*inputs)
    torch.testing.assert_close(mine, reference, rtol=1e-12, atol=1e-12, equal_nan=True)
    weights = rand(*reference.shape, seed=1)
    leaves = [x.clone().requires_grad_() for x in inputs]
    gradients = [torch.autograd.grad((weights * f(*leaves)).sum(), leaves) for f in (ours, theirs)]
    for a, b in zip(*gradients, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-12, atol=1e-12, equal_nan=True)


# Sigmoid and binary cross entropy


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("scale", [0.0, 1.0, 300.0, 1e5])
def test_sigmoid_agrees_with_torch(shape, scale):
    assert_same(sigmoid, torch.sigmoid, scale * rand(*shape))
    assert_same(logsigmoid, functional.logsigmoid, scale * rand(*shape))


def test_sigmoid_of_infinite_logits():
    z = torch.tensor([math.inf, -math.inf, math.nan], dtype=torch.float64)
    torch.testing.assert_close(sigmoid(z), torch.sigmoid(z), equal_nan=True)


def test_second_derivative_is_right_at_zero_too():
    for z in (0.0, -1.3, 2.0):
        ours, theirs = (
            torch.autograd.functional.hessian(f, torch.tensor(z, dtype=torch.float64))
            for f in (logsigmoid, functional.logsigmoid)
        )
        torch.testing.assert_close(ours, theirs)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("reduction", ["none", "sum", "mean"])
@pytest.mark.parametrize("weighted", [False, True])
def test_binary_cross_entropy_agrees_with_torch(shape, reduction, weighted):
    p, y = uniform(*shape), uniform(*shape, seed=1)
    weight = uniform(*shape[-1:], seed=2) if weighted else None
    assert_same(
        lambda p, y: binary_cross_entropy(p, y, weight, reduction=reduction),
        lambda p, y: functional.binary_cross_entropy(p, y, weight, reduction=reduction),
        p,
        y,
    )


def test_binary_cross_entropy_is_bounded_as_in_torch():
    for dtype in (torch.float32, torch.float64):
        p = torch.tensor([0.0, 1.0, 0.0, 1.0, 1e-44, 1e-30], dtype=dtype, requires_grad=True)
        y = torch.tensor([1.0, 0.0, 0.0, 1.0, 1.0, 0.5], dtype=dtype)
        loss = binary_cross_entropy(p, y, reduction="none")
        torch.testing.assert_close(loss, functional.binary_cross_entropy(p, y, reduction="none"))
        (gradient,) = torch.autograd.grad(loss.sum(), p)
        assert gradient.isfinite().all()
        torch.testing.assert_close(gradient[-1], torch.tensor(0.5 - 0.5e30, dtype=dtype))  # torch: -0.5e12


@pytest.mark.parametrize("shape", [*SHAPES[1:3], SHAPES[4]])
@pytest.mark.parametrize("reduction", ["none", "sum", "mean"])
@pytest.mark.parametrize("options", [(), ("weight",), ("pos_weight",), ("weight", "pos_weight")])
@pytest.mark.parametrize("scale", [0.0, 1.0, 1e4])
def test_binary_cross_entropy_with_logits_agrees_with_torch(shape, reduction, options, scale):
    z, y = scale * rand(*shape), uniform(*shape, seed=1)
    given = {name: 3 * uniform(*shape[-1:], seed=len(name)) for name in options}
    assert_same(
        lambda z, y: binary_cross_entropy_with_logits(z, y, reduction=reduction, **given),
        lambda z, y: functional.binary_cross_entropy_with_logits(z, y, reduction=reduction, **given),
        z,
        y,
    )


@pytest.mark.parametrize("reduction", ["none", "sum", "mean"])
def test_no_samples_as_torch(reduction):
    none = torch.zeros(0, 3)
    for ours, theirs in (
        (binary_cross_entropy, functional.binary_cross_entropy),
        (binary_cross_entropy_with_logits, functional.binary_cross_entropy_with_logits),
    ):
        torch.testing.assert_close(
            ours(none, none, reduction=reduction), theirs(none, none, reduction=reduction), equal_nan=True
        )


# Maximum likelihood


def test_closed_form_estimates_are_the_maxima():
    from torch.distributions import Bernoulli, Normal

    sample = labels(40)
    grid = torch.linspace(0.001, 0.999, 999, dtype=torch.float64)
    likelihood = Bernoulli(grid[:, None]).log_prob(sample).sum(1)
    assert (grid[likelihood.argmax()] - bernoulli_mle(sample)).abs() <= 0.0005 + 1e-9

    sample = 3 + 2 * rand(30)
    mean, variance = (estimate.requires_grad_() for estimate in gaussian_mle(sample))
    gradient = torch.autograd.grad(Normal(mean, variance.sqrt()).log_prob(sample).sum(), (mean, variance))
    torch.testing.assert_close(torch.stack(gradient), torch.zeros(2, dtype=torch.float64), rtol=0, atol=1e-12)


def test_estimates_of_batches():
    x = rand(3, 4, 7)
    torch.testing.assert_close(gaussian_mle(x), (x.mean(-1), x.var(-1, correction=0)))
    torch.testing.assert_close(bernoulli_mle(labels(3, 7)), labels(3, 7).mean(-1))


# Gradient, Hessian, Newton's method


@pytest.mark.parametrize("batch", [(), (2,), (2, 3)])
def test_gradient_and_hessian_agree_with_autograd(batch):
    x, y, w = rand(*batch, 7, 3), uniform(*batch, 7), rand(*batch, 3, seed=1)

    def loss(weight):
        z = (x @ weight.unsqueeze(-1)).squeeze(-1)
        return functional.binary_cross_entropy_with_logits(z, y, reduction="none").mean(-1).sum()

    gradient = torch.func.grad(loss)(w)
    torch.testing.assert_close(logistic_regression_gradient(x, y, w), gradient, rtol=1e-12, atol=1e-14)
    hessian = torch.func.hessian(loss)(w)
    for index in np.ndindex(batch):
        own = hessian[(*index, slice(None), *index, slice(None))]
        torch.testing.assert_close(logistic_regression_hessian(x, w)[index], own, rtol=1e-12, atol=1e-14)


def test_newton_agrees_with_scikit_learn():
    from sklearn.linear_model import LogisticRegression

    x, y = rand(60, 3), labels(60, seed=3)
    reference = LogisticRegression(C=math.inf, tol=1e-12, max_iter=1000).fit(x.numpy(), y.numpy())
    expected = torch.tensor([*reference.coef_[0], *reference.intercept_])
    with_bias = torch.cat([x, torch.ones(60, 1)], dim=1)
    torch.testing.assert_close(newton_logistic_regression(with_bias, y), expected, rtol=0, atol=1e-6)

    decay = 0.3  # scikit-learn: the sum of the losses times C plus half the squared norm
    reference = LogisticRegression(C=1 / (60 * decay), fit_intercept=False, tol=1e-12, max_iter=1000)
    expected = torch.tensor(reference.fit(x.numpy(), y.numpy()).coef_[0])
    torch.testing.assert_close(newton_logistic_regression(x, y, weight_decay=decay), expected, rtol=0, atol=1e-6)


def test_newton_solves_a_batch_and_soft_targets():
    x, y = rand(4, 30, 2), uniform(4, 30)
    together = newton_logistic_regression(x, y, tol=1e-12)
    alone = torch.stack([newton_logistic_regression(x[i], y[i], tol=1e-12) for i in range(4)])
    torch.testing.assert_close(together, alone, rtol=1e-9, atol=1e-12)
    assert logistic_regression_gradient(x, y, together).abs().max() < 1e-12


def test_newton_in_float32():
    x, y = rand(50, 2).float(), labels(50, seed=2).float()
    expected = newton_logistic_regression(x.double(), y.double(), tol=1e-12).float()
    torch.testing.assert_close(newton_logistic_regression(x, y), expected, rtol=0, atol=1e-4)


# Discriminant analysis, ROC, calibration


@pytest.mark.parametrize("batch", [(), (3,)])
def test_discriminant_analysis_agrees_with_scikit_learn(batch):
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

    y = labels(*batch, 40)
    x = rand(*batch, 40, 3) @ rand(3, 3, seed=1) + y.unsqueeze(-1)
    weight, bias = linear_discriminant_analysis(x, y)
    for i in range(math.prod(batch)):
        part = (x, y, weight, bias) if not batch else (x[i], y[i], weight[i], bias[i])
        reference = LinearDiscriminantAnalysis(solver="lsqr").fit(part[0].numpy(), part[1].numpy())
        torch.testing.assert_close(part[2], torch.from_numpy(reference.coef_[0]))
        torch.testing.assert_close(part[3], torch.tensor(reference.intercept_[0]))


def test_roc_curve_agrees_with_scikit_learn():
    from sklearn import metrics

    y, scores = labels(200), (rand(200, seed=1) + labels(200)).round(decimals=1)  # with ties
    expected = metrics.roc_curve(y.numpy(), scores.numpy(), drop_intermediate=False)
    for ours, theirs in zip(roc_curve(scores, y), expected, strict=True):
        torch.testing.assert_close(ours, torch.from_numpy(theirs))


def test_calibration_agrees_with_scikit_learn_and_a_loop():
    from sklearn.calibration import calibration_curve as reference

    p, y = uniform(300) ** 2, labels(300)
    predicted, happened, count = calibration_curve(p, y, bins=7)
    share, mean = reference(y.numpy(), p.numpy(), n_bins=7)
    torch.testing.assert_close(happened[count > 0], torch.from_numpy(share))
    torch.testing.assert_close(predicted[count > 0], torch.from_numpy(mean))

    error = 0.0
    for b in range(7):
        inside = (p >= b / 7) & (p < (b + 1) / 7)
        error += (y[inside] - p[inside]).sum().abs().item() / 300 if inside.any() else 0.0
    assert expected_calibration_error(p, y, bins=7).item() == pytest.approx(error)


def test_calibration_of_a_batch_of_the_ends_and_of_nothing():
    p, y = torch.tensor([[0.0, 1.0], [0.5, 0.5]]), torch.tensor([[0.0, 1.0], [1.0, 0.0]])
    torch.testing.assert_close(expected_calibration_error(p, y, bins=4), torch.zeros(2))
    assert calibration_curve(p, y, bins=4)[2].tolist() == [[1, 0, 0, 1], [0, 0, 2, 0]]
    predicted, happened, count = calibration_curve(torch.zeros(0), torch.zeros(0), bins=3)
    assert count.tolist() == [0, 0, 0] and predicted.tolist() == happened.tolist() == [0, 0, 0]


# Bad input


@pytest.fixture
def no_annotation_checks():
    """The functions' own messages, as a reader meets them, not those of the checker that runs in tests."""
    jaxtyping.config.update("jaxtyping_disable", True)
    yield
    jaxtyping.config.update("jaxtyping_disable", False)


P2, Y2 = torch.tensor([0.2, 0.7]), torch.tensor([0.0, 1.0])
LINE = torch.tensor([[1.0, -1.0], [1.0, 1.0], [1.0, 2.0]])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: binary_cross_entropy(P2, Y2, reduction="avg"), "got 'avg'"),
        (lambda: binary_cross_entropy(P2, torch.zeros(3)), r"shape of input \(2,\), got \(3,\)"),
        (lambda: binary_cross_entropy(3 * P2, Y2), "for logits use binary_cross_entropy_with_logits"),
        (lambda: binary_cross_entropy(P2 * math.nan, Y2), "got nan to nan"),
        (lambda: binary_cross_entropy_with_logits(P2, torch.zeros(2, 1)), r"got \(2, 1\)"),
        (lambda: bernoulli_mle(torch.zeros(3, 0)), r"at least one sample is needed, got shape \(3, 0\)"),
        (lambda: gaussian_mle(torch.zeros(0)), "at least one sample"),
        (lambda: logistic_regression_gradient(torch.zeros(0, 2), torch.zeros(0), torch.zeros(2)), "at least one"),
        (lambda: logistic_regression_hessian(torch.zeros(0, 2), torch.zeros(2)), "at least one sample"),
        (lambda: newton_logistic_regression(LINE, torch.tensor([0.0, 1.0, 1.0])), "a hyperplane separates"),
        (lambda: newton_logistic_regression(LINE[:, [0, 0]], torch.tensor([0.0, 1.0, 1.0])), "linearly dependent"),
        (lambda: newton_logistic_regression(LINE, torch.tensor([1.0, 0.0, 1.0]), max_steps=1), "after 1 steps"),
        (lambda: linear_discriminant_analysis(LINE, torch.ones(3)), "one label only"),
        (lambda: roc_curve(P2, torch.zeros(2)), "one label only"),
        (lambda: calibration_curve(P2, torch.zeros(3)), r"got \(3,\)"),
        (lambda: calibration_curve(P2, Y2, bins=0), "positive number, got 0"),
        (lambda: calibration_curve(P2 - 1, Y2), "apply sigmoid to logits"),
        (lambda: expected_calibration_error(torch.zeros(0), torch.zeros(0)), "at least one sample"),
    ],
)
def test_bad_input_is_refused_with_the_remedy(no_annotation_checks, call, message):
    with pytest.raises(ValueError, match=message):
        call()


# Experiments and their records


def test_penguin_experiment_agrees_with_what_it_claims():
    from dlnotes.experiments.logistic_regression import smoke

    run = smoke()
    gap = run.array("cross_entropy") - run.array("divergence")
    assert (gap.max(1) - gap.min(1) < 1e-5).all() and (run.array("divergence") > 0).all()
    assert (np.diff(run.array("descent_loss")) < 0).all()
    assert (run.array("newton_loss")[:, -1] <= run.array("descent_loss")[:, -1]).all()
    assert run.array("newton_loss")[:, -1] == pytest.approx(run.result("loss"), abs=1e-5)


def test_separable_experiment_drives_the_norm_up_and_the_loss_down():
    from dlnotes.experiments.logistic_regression_separable import smoke

    run = smoke()
    assert (run.array("loss_plain")[:, -1] < run.array("loss_plain")[:, 3]).all()
    assert (run.array("norm_plain")[:, -1] > run.array("norm_decayed")[:, -1]).all()
    assert (run.array("margin_plain") <= run.mean("largest_margin") + 1e-5).all()


def test_generative_experiment_knows_the_bayes_error():
    from dlnotes.experiments.logistic_regression_generative import smoke

    run = smoke()
    assert run.mean("bayes_gaussian") == pytest.approx(0.5 * math.erfc(1 / math.sqrt(2)), abs=1e-6)
    assert all((run.array(f"{method}_gaussian") >= 0).all() for method in ("lda", "logistic"))


def test_calibration_experiment_gets_surer_with_less_weight_decay():
    from dlnotes.experiments.logistic_regression_calibration import smoke

    run = smoke()
    assert (np.diff(run.array("train_loss")) > 0).all()
    assert (np.diff(run.array("temperature")) < 0).all()
    assert (run.array("count").sum(1) == run.array("count").sum(1)[0]).all()


@pytest.mark.parametrize("name", ["logistic_regression", "logistic_regression_generative"])
def test_records_come_out_again(name):
    """Seed 0 of the stored run, run again."""
    import dataclasses

    from dlnotes import experiments, runs

    experiment = experiments.module(name)
    again, run = experiment.run(dataclasses.replace(experiment.Config(), seeds=(0,))), runs.load(name)
    for series in run.series:
        stored = run.array(series) if series in run.axes else run.array(series)[:1]
        np.testing.assert_allclose(again.array(series), stored, rtol=1e-4, atol=1e-5, err_msg=series)
    for result in run.results:
        assert again.result(result)[0] == pytest.approx(run.result(result)[0], rel=1e-4, abs=1e-5), result


def test_separable_record_agrees_with_newton_and_with_itself():
    from dlnotes import runs

    run = runs.load("logistic_regression_separable")
    x = torch.tensor(np.stack([run.array("bill_length"), run.array("bill_depth")], axis=1), dtype=torch.float64)
    y = torch.tensor(run.array("gentoo"), dtype=torch.float64)
    decayed = newton_logistic_regression(x, y, weight_decay=run.config["weight_decay"], tol=1e-10)
    assert run.result("norm_decayed") == pytest.approx(decayed.norm().item(), rel=1e-4)

    weights = torch.tensor(run.array("weights"), dtype=torch.float64)
    margins = ((2 * y - 1) * (weights @ x.T)).amin(1) / weights.norm(dim=1)
    assert run.result("norm") == pytest.approx(weights.norm(dim=1).numpy(), rel=1e-4)
    assert run.result("margin") == pytest.approx(margins.numpy(), rel=1e-3)
    best = ((2 * y - 1) * (x @ torch.tensor(run.array("direction"), dtype=torch.float64))).min().item()
    assert run.mean("largest_margin") == pytest.approx(best, rel=1e-4)
    assert run.mean("growth_limit") == pytest.approx(1 / best, rel=1e-4)


def test_calibration_record_agrees_with_itself():
    from dlnotes import runs

    run = runs.load("logistic_regression_calibration")
    for suffix in ("", "_scaled"):
        predicted, happened, count = (run.array(f"{name}{suffix}") for name in ("predicted", "happened", "count"))
        assert (count.sum(1) == 2000).all()
        gaps = (count * np.abs(happened - predicted)).sum(1) / count.sum(1)
        assert run.result(f"ece{suffix}_weakest") == pytest.approx(gaps, abs=1e-5)
    assert run.result("surest") == pytest.approx(run.array("predicted")[:, -1])
    assert run.result("borne_out") == pytest.approx(run.array("happened")[:, -1])
    for name in ("loss", "temperature", "accuracy", "train_loss"):
        assert run.result(f"{name}_weakest") == pytest.approx(run.array(name)[:, 0])
        assert run.result(f"{name}_strongest") == pytest.approx(run.array(name)[:, -1])


@pytest.mark.parametrize("name", ["", "_separable", "_generative", "_calibration"])
def test_records_are_those_of_the_page(name):
    from dlnotes import runs

    run = runs.load(f"logistic_regression{name}")
    assert runs.fresh(run), f"train it again: python -m dlnotes train logistic_regression{name}"
    assert len(run.seeds) >= 5
    assert runs.record_path(f"logistic_regression{name}").stat().st_size < 40_000
