"""The autoencoder chapter's functions against scipy, scikit-learn and torch; its experiments and their records."""

import math

import jaxtyping
import pytest
import torch
from scipy import linalg, stats
from torch.distributions import Categorical, Independent, MixtureSameFamily, Normal

from dlnotes import runs
from dlnotes.autoencoder import (
    denoise,
    entangle,
    mixture_score,
    posterior_mean,
    principal_angles,
    principal_components,
    voice,
)

EXPERIMENTS = ["", "_denoising", "_dimension", "_linear", "_voices"]


@pytest.fixture(params=[0, 1], autouse=True)
def seed(request):
    torch.manual_seed(request.param)


def rand(*shape):
    return torch.randn(shape, dtype=torch.float64)


@pytest.fixture
def without_shape_checks():
    """As a reader runs it: the annotations are checked in tests only."""
    jaxtyping.config.update("jaxtyping_disable", True)
    yield
    jaxtyping.config.update("jaxtyping_disable", False)


# Principal components and angles


@pytest.mark.parametrize(("n", "d", "k"), [(20, 5, 3), (4, 7, 3), (6, 6, 1)])
def test_principal_components_agree_with_the_covariance(n, d, k):
    x = rand(n, d) * torch.arange(1, d + 1) + 3
    found = principal_components(x, k)
    eigenvalues, vectors = torch.linalg.eigh(torch.cov(x.T, correction=0))
    torch.testing.assert_close(found.variances, eigenvalues.flip(0)[: min(n, d)].clamp(min=0), rtol=1e-9, atol=1e-9)
    assert principal_angles(found.components, vectors.flip(1)[:, :k]).max() < 1e-7
    torch.testing.assert_close(found.components.T @ found.components, torch.eye(k, dtype=torch.float64))
    lost = (found.decode(found.encode(x)) - x).square().sum(1).mean()
    torch.testing.assert_close(lost, found.variances[k:].sum(), rtol=1e-9, atol=1e-12)


def test_no_other_projection_is_better():
    x = rand(50, 6) * torch.tensor([3.0, 2.0, 1.5, 1.0, 0.5, 0.1])
    fit = principal_components(x, 2)
    best = (fit.decode(fit.encode(x)) - x).square().sum()
    centred = x - x.mean(0)
    for _ in range(200):
        q = torch.linalg.qr(rand(6, 2)).Q
        assert (centred - centred @ q @ q.T).square().sum() > best


@pytest.mark.parametrize(("p", "q"), [(2, 2), (3, 1), (1, 4), (5, 5)])
@pytest.mark.parametrize("near", [1.0, 1e-3, 1e-9, 0.0])
def test_principal_angles_agree_with_scipy(p, q, near):
    a = rand(7, max(p, q))
    b = a + near * rand(7, max(p, q))
    a, b = a[:, :p], b[:, :q]
    expected = torch.from_numpy(linalg.subspace_angles(a.numpy(), b.numpy())).flip(0)
    torch.testing.assert_close(principal_angles(a, b), expected, rtol=1e-9, atol=1e-13)


def test_principal_angles_of_a_batch_and_of_orthogonal_spaces():
    a, b = rand(3, 6, 2), rand(3, 6, 2)
    torch.testing.assert_close(principal_angles(a, b)[1], principal_angles(a[1], b[1]))
    identity = torch.eye(4, dtype=torch.float64)
    right = torch.full((2,), math.pi / 2, dtype=torch.float64)
    torch.testing.assert_close(principal_angles(identity[:, :2], identity[:, 2:]), right)


# Denoising


def mixture(d=3, m=4):
    weights, means, variances = torch.rand(m).double() + 0.1, rand(m, d), torch.rand(m).double() + 0.2
    return weights / weights.sum(), means, variances


def log_density(weights, means, variances):
    parts = Independent(Normal(means, variances.sqrt()[:, None].expand_as(means)), 1)
    return MixtureSameFamily(Categorical(weights), parts).log_prob


@pytest.mark.parametrize("sigma", [0.0, 0.3, 2.0])
def test_mixture_score_agrees_with_autograd(sigma):
    weights, means, variances = mixture()
    x = rand(5, 2, 3).requires_grad_()
    expected = torch.autograd.grad(log_density(weights, means, variances + sigma**2)(x).sum(), x)[0]
    torch.testing.assert_close(mixture_score(x.detach(), weights, means, variances, sigma), expected)


@pytest.mark.parametrize("sigma", [0.05, 1.0, 30.0])
def test_posterior_mean_is_the_denoiser_of_the_score(sigma):
    """Points are components without a width: the two ways to the best denoiser meet."""
    points, noisy = rand(6, 3), 3 * rand(5, 3)
    score = mixture_score(noisy, torch.full((6,), 1 / 6, dtype=torch.float64), points, torch.zeros(6).double(), sigma)
    torch.testing.assert_close(posterior_mean(noisy, points, sigma), denoise(noisy, score, sigma))


def test_posterior_mean_far_from_all_points():
    points = torch.tensor([[0.0, 0.0], [1.0, 0.0]], dtype=torch.float64)
    far = torch.tensor([1e6, 0.0], dtype=torch.float64)
    torch.testing.assert_close(posterior_mean(far, points, 0.01), points[1])


def test_denoiser_is_the_regression_on_the_noisy_sample():
    """A histogram of clean samples by their noisy ones has the formula's means."""
    weights, means, variances = mixture(d=1, m=2)
    sigma = 0.7
    which = torch.multinomial(weights, 400_000, replacement=True)
    clean = means[which, 0] + variances[which].sqrt() * rand(400_000)
    noisy = clean + sigma * rand(400_000)
    for low in (-1.0, 0.0, 0.5):
        here = (noisy > low) & (noisy < low + 0.05)
        points = noisy[here][:, None]
        predicted = denoise(points, mixture_score(points, weights, means, variances, sigma), sigma)[:, 0]
        residual = clean[here] - predicted
        assert residual.mean().abs() < 4 * residual.std() / here.sum().sqrt()


# Entangling and voices


def test_entangled_factors_are_uniform_and_independent_and_mixed():
    angle = torch.tensor(0.6, dtype=torch.float64)
    rotation = torch.stack([torch.stack([angle.cos(), -angle.sin()]), torch.stack([angle.sin(), angle.cos()])])
    factors = torch.rand(20_000, 2, dtype=torch.float64)
    mixed = entangle(factors, rotation)
    for column in mixed.T:
        assert stats.kstest(column.numpy(), "uniform").pvalue > 1e-3
    counts = torch.histogramdd(mixed, bins=[4, 4], range=[0.0, 1.0, 0.0, 1.0]).hist
    assert stats.chi2_contingency(counts.numpy()).pvalue > 1e-3
    jacobian = torch.autograd.functional.jacobian(lambda u: entangle(u, rotation), factors[0])
    assert (jacobian.abs() > 0.05).all()
    torch.testing.assert_close(entangle(mixed, rotation.T), factors)


def test_voice_is_the_sum_of_its_harmonics():
    content, timbre = torch.tensor([1.5, 0.4], dtype=torch.float64), rand(3)
    time = torch.linspace(0, 1, 50, dtype=torch.float64)
    pitch = 1.5 + 0.4 * time  # cycles; its integral is the phase
    phase = 2 * math.pi * torch.cat([torch.zeros(1), torch.cumulative_trapezoid(pitch, time)]).double()
    expected = sum(amplitude * torch.sin(h * phase) for h, amplitude in enumerate(timbre, 1))
    torch.testing.assert_close(voice(content, timbre, 50), expected)
    assert voice(content.expand(4, 2), timbre.expand(4, 3), 9).shape == (4, 9)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: principal_components(torch.zeros(3, 2), 3), "k must be from 1 to 2"),
        (lambda: principal_components(torch.zeros(3, 2), 0), "got 0"),
        (lambda: principal_angles(torch.ones(3, 1), torch.ones(2, 1)), "same number of rows, got 3 and 2"),
        (lambda: posterior_mean(torch.zeros(1), torch.zeros(2, 1), 0.0), "sigma must be positive"),
        (lambda: denoise(torch.zeros(2), torch.zeros(2), -1.0), "sigma must be positive"),
        (lambda: denoise(torch.zeros(2), torch.zeros(3), 1.0), r"one shape, got \(2,\) and \(3,\)"),
        (lambda: mixture_score(torch.zeros(1), torch.ones(1), torch.zeros(1, 1), torch.ones(1), -1.0), "negative"),
        (lambda: entangle(torch.full((2,), 0.5), torch.ones(2, 2)), "rotation must be orthogonal"),
        (lambda: voice(torch.zeros(3), torch.ones(2)), "pitch and glide, 2 numbers, got 3"),
    ],
)
def test_bad_input_is_refused(call, message, without_shape_checks):
    with pytest.raises(ValueError, match=message):
        call()


# Experiments


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_record_is_that_of_the_page(name):
    assert runs.fresh(runs.load(f"autoencoder{name}")), f"train it again: python -m dlnotes train autoencoder{name}"


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_experiment_runs_and_its_record_is_valid(name):
    from dlnotes.experiments import module

    runs.validate(vars(module(f"autoencoder{name}").smoke()))


def test_figure_draws_the_mixture_that_was_trained_on():
    from dlnotes.experiments import autoencoder_denoising as trained
    from dlnotes.figures import autoencoder as drawn

    for name in ("WEIGHTS", "MEANS", "VARIANCES"):
        torch.testing.assert_close(torch.tensor(getattr(trained, name)), torch.tensor(getattr(drawn, name)).float())
    points = rand(6, 2)
    log_densities, scores = drawn._mixture(points.numpy(), 0.5)
    law = (torch.from_numpy(part) for part in (drawn.WEIGHTS, drawn.MEANS, drawn.VARIANCES))
    weights, means, variances = law
    exact = log_density(weights, means, variances + 0.25)(points)
    torch.testing.assert_close(torch.from_numpy(log_densities), exact)
    torch.testing.assert_close(torch.from_numpy(scores), mixture_score(points, weights, means, variances, 0.5))


def test_what_the_page_says_of_the_runs():
    """Sentences of the page that rest on records."""
    linear = runs.load("autoencoder_linear")
    assert linear.result("angle").max() < 1e-6 and linear.result("cosine").min() > 0.01
    sizes = runs.load("autoencoder_dimension")
    assert sizes.mean("flat_linear_4") < 1e-6 < 0.1 < sizes.mean("flat_linear_3")
    assert sizes.mean("spots_network_3") > 4 * sizes.mean("spots_network_4")
    assert sizes.mean("spots_network_6") > 0.7 * sizes.mean("spots_network_4")
    assert sizes.mean("flat_network_4") > sizes.mean("flat_linear_4")
    garments = runs.load("autoencoder")
    assert garments.result("error").max() < garments.mean("pca_error")
    assert garments.result("map_error").max() < garments.mean("pca_map_error")
    code, pca, pixels = (garments.array(f"accuracy_{name}") for name in ("code", "pca", "pixels"))
    assert code[:, 0].mean() > pca[:, 0].mean() and code[:, 0].min() < pca[:, 0].max()
    assert code[:, -1].mean() < pca[:, -1].mean() < pixels[:, -1].mean()
    denoising = runs.load("autoencoder_denoising")
    assert denoising.mean("score_error_20") > denoising.mean("score_error_50") > denoising.mean("score_error_100")
    voices = runs.load("autoencoder_voices")
    assert (voices.array("labels_other").mean(0) > 1).all() and voices.array("duets_other").max() < 0.25
    assert voices.mean("labels_heard_1") < 0.4 and voices.mean("labels_heard_8") > 0.95
