"""GANs: losses against torch, the theorem on random laws, dynamics against their eigenvalues, the Fréchet distance."""

import math
import subprocess
import sys

import numpy as np
import pytest
import torch
from torch.distributions import Categorical, kl_divergence
from torch.nn import functional as F

from dlnotes import runs
from dlnotes.experiments import _features, gan_conditional, gan_fashion
from dlnotes.experiments import gan as ring
from dlnotes.experiments._engine import Process
from dlnotes.gan import (
    alternating_step,
    covered_modes,
    discriminator_loss,
    extragradient_step,
    frechet_distance,
    gaussian_statistics,
    generator_loss,
    jensen_shannon,
    matrix_root,
    optimal_discriminator,
    r1_penalty,
    saturating_generator_loss,
    simultaneous_step,
    value,
)


def rand(*shape, seed=0):
    return torch.randn(shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def law(n, seed):
    return torch.softmax(rand(n, seed=seed), 0)


# Losses


@pytest.mark.parametrize(("real_shape", "fake_shape"), [((1,), (1,)), ((4, 3), (5,)), ((2, 3, 4), (7, 1))])
def test_losses_are_binary_cross_entropies(real_shape, fake_shape):
    real, fake = (rand(*shape).mul(3).requires_grad_() for shape in (real_shape, fake_shape))
    bce = F.binary_cross_entropy_with_logits
    expected = {
        discriminator_loss(real, fake): bce(real, torch.ones_like(real)) + bce(fake, torch.zeros_like(fake)),
        generator_loss(fake): bce(fake, torch.ones_like(fake)),
        saturating_generator_loss(fake): -bce(fake, torch.zeros_like(fake)),
    }
    for ours, torchs in expected.items():
        assert torch.allclose(ours, torchs)
        ours_slopes = torch.autograd.grad(ours, [real, fake], allow_unused=True, retain_graph=True)
        torchs_slopes = torch.autograd.grad(torchs, [real, fake], allow_unused=True, retain_graph=True)
        for mine, other in zip(ours_slopes, torchs_slopes, strict=True):
            assert (mine is None and other is None) or torch.allclose(mine, other)


def test_losses_are_finite_at_extreme_logits():
    far = torch.tensor([1e4, -1e4])
    for loss in (discriminator_loss(far, far), generator_loss(far), saturating_generator_loss(far)):
        assert loss.isfinite()


@pytest.mark.parametrize("loss", [generator_loss, saturating_generator_loss, lambda a: discriminator_loss(a, a)])
def test_losses_refuse_no_samples(loss):
    with pytest.raises(ValueError, match="at least one logit"):
        loss(torch.zeros(0))


def test_r1_is_the_mean_squared_slope_and_trains_the_discriminator():
    torch.manual_seed(0)
    net = torch.nn.Sequential(
        torch.nn.Flatten(), torch.nn.Linear(6, 5), torch.nn.Tanh(), torch.nn.Linear(5, 1)
    ).double()
    x = rand(4, 2, 3)
    penalty = r1_penalty(net, x)
    slopes = torch.stack([torch.func.grad(lambda row: net(row[None]).sum())(row) for row in x])
    assert torch.allclose(penalty, slopes.square().sum((1, 2)).mean())
    penalty.backward()
    assert net[1].weight.grad.abs().sum() > 0
    assert x.grad is None
    with pytest.raises(ValueError, match="at least one sample"):
        r1_penalty(net, x[:0])


# The theorem


@pytest.mark.parametrize("seed", range(5))
def test_theorem(seed):
    p, q = law(6, seed), law(6, seed + 100)
    best = optimal_discriminator(p, q)
    middle = (p + q) / 2
    mean = kl_divergence(Categorical(p), Categorical(middle)) + kl_divergence(Categorical(q), Categorical(middle))
    assert torch.allclose(jensen_shannon(p, q), mean / 2)
    assert torch.allclose(value(best, p, q), -math.log(4) + 2 * jensen_shannon(p, q))
    for trial in range(20):
        other = torch.sigmoid(rand(6, seed=trial))
        assert value(other, p, q) < value(best, p, q)
    assert 0 < jensen_shannon(p, q) < math.log(2)


def test_laws_without_a_common_outcome():
    p, q = torch.tensor([0.3, 0.7, 0.0]), torch.tensor([0.0, 0.0, 1.0])
    assert value(optimal_discriminator(p, q), p, q) == 0
    assert torch.isclose(jensen_shannon(p, q), torch.tensor(2.0).log())
    assert value(torch.tensor([0.0, 1.0, 0.0]), p, q) == -torch.inf


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: value(torch.tensor([2.0, 0.0]), torch.tensor([0.5, 0.5]), torch.tensor([0.5, 0.5])), "sigmoid"),
        (lambda: optimal_discriminator(torch.tensor([0.5, 0.6]), torch.tensor([0.5, 0.5])), "sum to 1"),
        (lambda: jensen_shannon(torch.tensor([0.5, 0.5]), torch.tensor([1.5, -0.5])), "sum to 1"),
    ],
)
def test_bad_laws_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


# Dynamics


def play(u):
    return torch.stack([-u[1], u[0]])


@pytest.mark.parametrize("lr", [0.1, 0.7])
def test_radius_after_a_step_is_that_of_the_eigenvalues(lr):
    u = rand(2)
    assert torch.isclose(simultaneous_step(play, u, lr).norm(), (1 + lr**2) ** 0.5 * u.norm())
    assert torch.isclose(extragradient_step(play, u, lr).norm(), (1 - lr**2 + lr**4) ** 0.5 * u.norm())
    matrix = torch.stack([alternating_step(play, e, lr) for e in torch.eye(2, dtype=torch.float64)], 1)
    assert torch.allclose(torch.linalg.eigvals(matrix).abs(), torch.ones(2, dtype=torch.float64))


# Modes


def test_covered_modes():
    modes = torch.tensor([[0.0, 0.0], [4.0, 0.0], [0.0, 4.0]])
    samples = torch.zeros(2, 100, 2)
    samples[0, 0] = torch.tensor([4.0, 0.2])
    samples[1, :2] = torch.tensor([0.0, 3.9])
    assert covered_modes(samples, modes, 0.5, share=0.01).tolist() == [[1, 1, 0], [1, 0, 1]]
    assert covered_modes(samples, modes, 0.5, share=0.02).tolist() == [[1, 0, 0], [1, 0, 1]]
    with pytest.raises(ValueError, match="n > 0"):
        covered_modes(samples[:, :0], modes, 0.5)


SHAPES = """
import torch
from dlnotes.gan import covered_modes, frechet_distance, jensen_shannon, value

half, zero, eye = torch.tensor([0.5, 0.5]), torch.zeros(2), torch.eye(2)
calls = {
    "one number an outcome": [lambda: value(torch.zeros(3), half, half), lambda: jensen_shannon(half, torch.ones(1))],
    "agree in d": [lambda: covered_modes(torch.zeros(4, 2), torch.zeros(3, 1), 0.5)],
    "expected shapes": [lambda: frechet_distance(zero, eye, torch.zeros(3), torch.eye(3))],
}
for message, tried in calls.items():
    for call in tried:
        try:
            call()
        except ValueError as error:
            assert message in str(error), error
        else:
            raise AssertionError(f"{message}: not refused")
"""


def test_readers_are_told_of_wrong_shapes():
    """In an interpreter of its own: here the annotations are checked first, a reader's are not."""
    subprocess.run([sys.executable, "-c", SHAPES], check=True)


# Fréchet distance


def covariance(d, seed):
    factor = rand(d, d, seed=seed)
    return factor @ factor.T


@pytest.mark.parametrize("d", [1, 2, 5])
def test_frechet_distance(d):
    m, n, A, B = rand(d, seed=1), rand(d, seed=2), covariance(d, 3), covariance(d, 4)
    trace = torch.linalg.eigvals(A @ B).sqrt().sum().real  # AB has the eigenvalues of the symmetric product
    expected = (m - n).square().sum() + A.trace() + B.trace() - 2 * trace
    assert torch.isclose(frechet_distance(m, A, n, B), expected)
    assert torch.isclose(frechet_distance(n, B, m, A), expected)
    assert frechet_distance(m, A, m, A) < 1e-9
    assert torch.allclose(matrix_root(A) @ matrix_root(A), A)


def test_frechet_distance_of_singular_covariances():
    zero, point = torch.zeros(2, dtype=torch.float64), torch.zeros(2, 2, dtype=torch.float64)
    assert frechet_distance(zero, point, zero + 3, torch.eye(2, dtype=torch.float64)) == 20
    flat = torch.diag(torch.tensor([4.0, 0.0], dtype=torch.float64))
    assert torch.isclose(frechet_distance(zero, flat, zero, flat.flip(0, 1)), torch.tensor(8.0, dtype=torch.float64))


def test_statistics_refuse_a_single_sample():
    with pytest.raises(ValueError, match="two samples"):
        gaussian_statistics(torch.zeros(1, 2))


@pytest.mark.parametrize("d", [1, 2, 3])
def test_statistics_are_numpys(d):
    x = rand(7, d).float()
    mean, cov = gaussian_statistics(x)
    assert mean.dtype == cov.dtype == torch.float64
    assert np.allclose(mean, x.double().numpy().mean(0))
    assert np.allclose(cov, np.atleast_2d(np.cov(x.double().numpy(), rowvar=False)))
    assert frechet_distance(mean, cov, mean, cov) < 1e-9


# Experiments


def test_features_are_the_same_again():
    images, labels = torch.rand(256, 1, 28, 28, generator=torch.Generator().manual_seed(0)), torch.arange(256) % 10
    first, second, other = (_features.train_classifier(images, labels, seed, epochs=1) for seed in (0, 0, 1))
    assert torch.equal(_features.features(first, images), _features.features(second, images))
    assert not torch.equal(_features.features(first, images), _features.features(other, images))
    assert _features.distance(first, images[:100], images[:100]) < 1e-6
    assert 0.1 <= _features.confidence(first, images) <= 1
    assert 0 <= _features.accuracy(first, images, labels) <= 1


def test_a_penalty_of_the_stack_is_each_networks_own():
    config = ring.Config(hidden=4, seeds=(0, 1), device="cpu")
    network = ring.Network(2, 1, 4, [torch.Generator().manual_seed(seed) for seed in (0, 1)])
    x = torch.randn(2, 5, 2, generator=torch.Generator().manual_seed(2))
    both = ring.penalty(network, x)
    for seed in (0, 1):
        own = r1_penalty(lambda points, seed=seed: network(points.expand(2, -1, -1))[seed], x[seed])
        assert torch.isclose(both[seed], own)
    assert len(ring.ring(config)) == config.modes


@pytest.mark.parametrize("experiment", [ring, gan_conditional])
def test_smoke(experiment):
    run = experiment.smoke()
    assert len(run.seeds) == 2


def test_smoke_on_images():
    run = gan_fashion.smoke()
    assert set(run.images) == {"ours", "tutorial", "real"}
    assert all(steps >= 1 for steps in run.result("steps_tutorial"))


@pytest.mark.parametrize(
    "settings, tolerance", [({"backend": "eager"}, 1e-5), ({"mixed": True, "backend": "eager"}, 0.05)]
)
def test_what_is_for_gpus_plays_the_same(settings, tolerance):
    """Traced as torch.compile does, in bfloat16: the first round leaves the weights of the plain training."""
    images = torch.rand(16, 1, 28, 28, generator=torch.Generator().manual_seed(0))
    weights = []
    for changes in ({}, settings):
        config = gan_fashion.Config(width=2, batch=8, **({"mixed": False, "backend": ""} | changes))
        torch.manual_seed(0)
        training = gan_fashion.Training(gan_fashion.ours(config), images, 0, config, Process(0, 1, "cpu"))
        training.step()
        weights.append([*training.pair.parameters()])
    for mine, its in zip(*weights, strict=True):
        assert mine.is_contiguous(memory_format=torch.channels_last) or mine.ndim < 4
        away = (mine - its).abs().mean() / config.lr  # Adam's first step is lr for each weight
        assert away < 2 * tolerance


@pytest.mark.parametrize("name", ["gan", "gan_conditional", "gan_fashion"])
def test_records_are_fresh(name):
    assert runs.fresh(runs.load(name))


def test_what_the_page_says_of_the_runs():
    rings, images, toy = (runs.load(name) for name in ("gan", "gan_fashion", "gan_conditional"))
    assert rings.max("most_greedy_g") <= 2
    for game in ("saturating", "non_saturating", "five_g_steps", "r1"):
        assert rings.min(f"modes_{game}") == 8
    assert rings.array("modes_five_g_steps")[:, 2:9].mean() < 2.5  # in nearly the first half
    assert rings.mean("near_five_g_steps") > max(rings.mean(f"near_{game}") for game in ("r1", "non_saturating"))
    assert images.max("distance_ours") < images.min("distance_tutorial")
    assert round(images.mean("steps_ours") / images.mean("steps_tutorial")) == 5
    assert round(images.mean("seconds_ours") / 60) == round(images.mean("seconds_tutorial") / 60) == 5
    ours, tutorial = (images.array(f"distances_{name}") for name in ("ours", "tutorial"))
    assert (ours < tutorial).all()
    assert (tutorial[:, -1] < 0.9 * tutorial[:, -2]).all() and (ours[:, -1] > 0.95 * ours[:, -2]).all()
    assert images.max("confidence_ours") < images.min("confidence_real")
    assert toy.max("off_gan") < toy.min("off_regression") and toy.min("mse_gan") > toy.max("mse_regression")
