"""The diffusion chapter's functions against torch's distributions, autograd, exact laws and each other."""

import math

import pytest
import torch
from torch.distributions import Categorical, Independent, MixtureSameFamily, Normal

from dlnotes import experiments, runs
from dlnotes.diffusion import (
    Preconditioned,
    _check_mixture,
    ddim_step,
    ddpm_step,
    denoising_loss,
    energy_distance,
    heun_step,
    inpaint,
    linear_betas,
    mixture_log_density,
    mixture_score,
    noise_levels,
    ode_step,
    posterior_mean,
    sample,
    sde_step,
)
from dlnotes.experiments import diffusion_images
from dlnotes.experiments._denoisers import UNKNOWN, NoisePrediction, UNet, guided, told, train
from dlnotes.experiments._engine import Process


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def normal(*shape, seed=0):
    return torch.randn(shape, generator=generator(seed), dtype=torch.float64)


def mixture(data, sigma):
    centres = Independent(Normal(data, sigma), 1)
    return MixtureSameFamily(Categorical(torch.ones(len(data), dtype=data.dtype)), centres)


# The score of the mixture


@pytest.mark.parametrize("shape, n, sigma", [((4, 3), 5, 0.3), ((2,), 1, 2.0), ((2, 3, 7), 6, 1.1)])
def test_mixture_is_torchs_and_its_score_is_autograds(shape, n, sigma):
    x, data = normal(*shape).requires_grad_(), normal(n, shape[-1], seed=1)
    density = mixture_log_density(x, data, sigma)
    torch.testing.assert_close(density, mixture(data, sigma).log_prob(x))
    (gradient,) = torch.autograd.grad(density.sum(), x)
    torch.testing.assert_close(mixture_score(x, data, sigma), gradient, atol=1e-12, rtol=1e-10)


def test_mixture_at_extremes():
    data = normal(6, 3)
    far = 1e4 * normal(5, 3, seed=2)
    assert mixture_log_density(far, data, 0.1).isfinite().all() and mixture_score(far, data, 0.1).isfinite().all()
    torch.testing.assert_close(posterior_mean(data, data, 1e-6), data)
    torch.testing.assert_close(posterior_mean(data, data, 1e8), data.mean(0).expand(6, 3))


@pytest.mark.parametrize(
    "x, data, sigma, message",
    [
        (torch.zeros(2, 3), torch.zeros(4, 3), 0.0, "sigma must be positive"),
        (torch.zeros(2, 3), torch.zeros(0, 3), 1.0, "empty"),
    ],
)
def test_mixture_refuses(x, data, sigma, message):
    for function in (mixture_log_density, posterior_mean, mixture_score):
        with pytest.raises(ValueError, match=message):
            function(x, data, sigma)


def test_mixture_refuses_other_dimensions_and_takes_no_points():
    with pytest.raises(ValueError, match="dimension 3 and data 2"):
        _check_mixture(torch.zeros(2, 3), torch.zeros(4, 2), 1.0)
    assert mixture_score(torch.zeros(0, 2), torch.zeros(4, 2), 1.0).shape == (0, 2)


# Learning it


def test_least_squares_on_single_contributions_finds_the_exact_denoiser():
    """A linear model of features that contain the exact denoiser: the fit's coefficient on it is 1, on others 0."""
    data = torch.tensor([[-1.0], [2.0], [2.5]], dtype=torch.float64)
    x0 = data[torch.randint(3, (200_000,), generator=generator(1))]
    sigma = 0.8
    x = x0 + sigma * normal(200_000, 1, seed=2)
    features = torch.cat([posterior_mean(x, data, sigma), x, x**2, torch.ones_like(x)], dim=1)
    solution = torch.linalg.lstsq(features, x0).solution[:, 0]
    torch.testing.assert_close(solution, torch.tensor([1.0, 0, 0, 0], dtype=torch.float64), atol=0.02, rtol=0)


def test_denoising_loss_has_the_expected_floor():
    """For standard normal data the best denoiser is x / (1 + sigma²), and its loss sigma² / (1 + sigma²)."""
    sigma = torch.full((400_000, 1), 0.7, dtype=torch.float64)
    x0 = normal(400_000, 1)
    loss = denoising_loss(lambda x, s: x / (1 + s**2), x0, sigma, torch.ones_like(sigma), generator(3))
    assert loss.shape == (400_000,)
    assert math.isclose(loss.mean(), 0.49 / 1.49, rel_tol=0.01)


def test_denoising_loss_weighs_and_backpropagates():
    x0, sigma = normal(6, 4), 1 + normal(6, 1, seed=5).abs()
    scale = torch.tensor(0.5, dtype=torch.float64, requires_grad=True)
    plain = denoising_loss(lambda x, s: scale * x, x0, sigma, torch.ones_like(sigma), generator())
    weighted = denoising_loss(lambda x, s: scale * x, x0, sigma, sigma**-2, generator())
    torch.testing.assert_close(weighted, plain * sigma[:, 0] ** -2)
    assert torch.autograd.grad(weighted.sum(), scale)[0] != 0


@pytest.mark.parametrize("data_std", [0.5, 2.0])
def test_preconditioning_gives_unit_variance(data_std):
    seen = {}

    def network(x, level):
        seen["input"], seen["level"] = x, level
        return torch.zeros_like(x)

    x0 = data_std * normal(200_000, 1)
    for sigma in (0.05, 1.0, 20.0):
        level = torch.tensor(sigma, dtype=torch.float64)
        x = x0 + sigma * normal(200_000, 1, seed=1)
        model = Preconditioned(network, data_std)
        error = x0 - model(x, level)  # what is left for the network, times c_out
        assert math.isclose(seen["input"].std(), 1, rel_tol=0.01)
        assert math.isclose((model.weight(level).sqrt() * error).std(), 1, rel_tol=0.01)
        assert math.isclose(seen["level"][0, 0], math.log(sigma) / 4)
    with pytest.raises(ValueError, match="data_std must be positive"):
        Preconditioned(network, 0.0)


# Sampling


def test_noise_levels():
    levels = noise_levels(80.0, 0.002, 18)
    assert len(levels) == 19 and levels[-1] == 0 and (levels[:-1] > levels[1:]).all()
    assert math.isclose(levels[0], 80) and math.isclose(levels[-2], 0.002)
    steps = (levels[:-1] ** (1 / 7)).diff()
    torch.testing.assert_close(steps, steps[0].expand(17))
    for bad in ((1.0, 2.0, 5), (1.0, 0.0, 5), (2.0, 1.0, 1)):
        with pytest.raises(ValueError, match=r"sigma_min|2 steps"):
            noise_levels(*bad)


def gaussian_denoiser(std):
    return lambda x, sigma: x * std**2 / (std**2 + sigma**2)


def test_reverse_step_is_the_exact_kernel_of_a_single_point():
    """With one data point the reverse process is Gaussian and the step exact, however long it is."""
    point = torch.tensor([[1.5, -2.0]], dtype=torch.float64)
    x = point + 3.0 * normal(100_000, 2)
    out = sde_step(lambda x, s: point.expand_as(x), x, torch.tensor(3.0), torch.tensor(0.4), generator(9))
    torch.testing.assert_close(out.mean(0), point[0], atol=0.01, rtol=0)
    torch.testing.assert_close(out.std(0), torch.full((2,), 0.4, dtype=torch.float64), atol=0.01, rtol=0)


@pytest.mark.parametrize("step, order", [(ode_step, 1), (heun_step, 2)])
def test_order_of_the_flow_solvers(step, order):
    """Gaussian data: halving the steps of the flow divides the error by 2^order."""
    x, errors = torch.ones(1, 1, dtype=torch.float64), []
    for steps in (64, 128):
        levels = torch.linspace(2, 0.5, steps + 1, dtype=torch.float64)
        exact = math.sqrt((1 + 0.25) / (1 + 4))
        errors.append(abs(sample(step, gaussian_denoiser(1.0), x, levels).item() - exact))
    assert 0.9 * 2**order < errors[0] / errors[1] < 1.1 * 2**order


@pytest.mark.parametrize("step", [sde_step, ode_step, heun_step])
def test_samplers_reproduce_gaussian_data(step):
    levels = noise_levels(30.0, 0.01, 400)
    x = sample(step, gaussian_denoiser(1.3), 30 * normal(40_000, 1), levels, generator(5))
    assert math.isclose(x.std(), 1.3, rel_tol=0.03) and abs(x.mean()) < 0.03


def test_exact_score_ends_on_training_points():
    data = normal(20, 2)
    levels = noise_levels(30.0, 1e-3, 200)
    x = sample(sde_step, lambda x, s: posterior_mean(x, data, s), 30 * normal(500, 2, seed=1), levels, generator())
    distance = torch.cdist(x, data)
    assert distance.amin(1).max() < 1e-6
    assert len(distance.argmin(1).unique()) == 20


def test_sample_refuses_levels_that_rise():
    with pytest.raises(ValueError, match="must fall"):
        sample(ode_step, gaussian_denoiser(1.0), torch.ones(1, 1), torch.tensor([1.0, 2.0]))


# Inpainting


def test_inpainting_keeps_what_is_known_and_repeats_approach_the_conditional():
    """Two correlated normal variables, of which the first is known to be 1.5: the second has mean 0.9 · 1.5."""
    covariance = torch.tensor([[1.0, 0.9], [0.9, 1.0]], dtype=torch.float64)

    def denoiser(x, sigma):
        return x @ torch.linalg.solve(covariance + sigma**2 * torch.eye(2), covariance)

    known = torch.tensor([[1.5, 0.0]], dtype=torch.float64).expand(4000, 2)
    mask = torch.tensor([1.0, 0.0], dtype=torch.float64)
    means = []
    for repeats in (1, 10):
        x = inpaint(denoiser, known, mask, noise_levels(20.0, 0.01, 60), repeats, generator())
        assert (x[:, 0] == 1.5).all()
        means.append(abs(x[:, 1].mean().item() - 1.35))
    assert means[1] < 0.05 < means[0]


def test_inpaint_refuses():
    known, levels = torch.zeros(1, 2), noise_levels(2.0, 0.1, 3)
    with pytest.raises(ValueError, match="zeros and ones"):
        inpaint(gaussian_denoiser(1.0), known, torch.tensor([0.5, 1.0]), levels)
    with pytest.raises(ValueError, match="at least once"):
        inpaint(gaussian_denoiser(1.0), known, torch.tensor([0.0, 1.0]), levels, repeats=0)


# Energy distance


def test_energy_distance_is_its_definition():
    x, y = normal(3, 5, 2), normal(3, 4, 2, seed=1)

    def mean(a, b, same):
        pairs = [(a[i] - b[j]).norm() for i in range(len(a)) for j in range(len(b)) if not (same and i == j)]
        return sum(pairs) / len(pairs)

    expected = [2 * mean(a, b, False) - mean(a, a, True) - mean(b, b, True) for a, b in zip(x, y, strict=True)]
    torch.testing.assert_close(energy_distance(x, y), torch.stack(expected))


def test_energy_distance_is_without_bias():
    same = energy_distance(normal(3000, 20, 2), normal(3000, 30, 2, seed=1))
    assert abs(same.mean()) < 4 * same.std() / math.sqrt(3000)
    with pytest.raises(ValueError, match="two points"):
        energy_distance(torch.zeros(1, 2), torch.zeros(4, 2))


# DDPM


@pytest.fixture
def betas():
    return linear_betas(40, 0.001, 0.3)


def scaled(betas, t):
    """alpha-bar and the equivalent noise level sigma."""
    alpha_bar = (1 - betas[:t]).prod()
    return alpha_bar, ((1 - alpha_bar) / alpha_bar).sqrt()


@pytest.mark.parametrize("t", [2, 17, 40])
def test_ddpm_step_is_the_reverse_step_in_other_units(betas, t):
    (alpha_bar, sigma), (before, sigma_next) = scaled(betas, t), scaled(betas, t - 1)
    z, clean = sigma * normal(8, 3), normal(8, 3, seed=1)
    ours = sde_step(lambda x, s: clean, z, sigma, sigma_next, generator(4))
    theirs = ddpm_step(alpha_bar.sqrt() * z, (z - clean) / sigma, betas, t, generator(4))
    torch.testing.assert_close(theirs, before.sqrt() * ours)


@pytest.mark.parametrize("t, t_next", [(40, 39), (40, 5), (7, 0)])
def test_ddim_step_is_eulers_step_of_the_flow(betas, t, t_next):
    (alpha_bar, sigma), (after, sigma_next) = scaled(betas, t), scaled(betas, t_next)
    z, clean = sigma * normal(8, 3), normal(8, 3, seed=1)
    ours = ode_step(lambda x, s: clean, z, sigma, sigma_next)
    theirs = ddim_step(alpha_bar.sqrt() * z, (z - clean) / sigma, betas, t, t_next)
    torch.testing.assert_close(theirs, after.sqrt() * ours)


def test_ddpm_refuses(betas):
    with pytest.raises(ValueError, match="not among 0 … 40"):
        ddim_step(torch.zeros(1), torch.zeros(1), betas, 41, 0)
    with pytest.raises(ValueError, match="0 < first"):
        linear_betas(10, 0.2, 0.1)


# Experiments and what the page says of their records


@pytest.mark.parametrize("name", ["diffusion", "diffusion_memorization", "diffusion_images"])
def test_experiments_run(name):
    run = experiments.module(name).smoke()
    assert run.seeds == (0, 1)
    assert all(math.isfinite(value) for values in run.results.values() for value in values)


def test_noise_prediction_under_its_weight_is_the_error_of_the_noise():
    class Network(torch.nn.Linear):
        def forward(self, x, level=None):
            return super().forward(x)

    network = Network(3, 3).double()
    denoiser = NoisePrediction(network)
    x0, sigma = normal(5, 3), 0.5 + normal(5, 1, seed=1).abs()
    loss = denoising_loss(denoiser, x0, sigma, denoiser.weight(sigma), generator())
    noise = torch.randn(5, 3, generator=generator(), dtype=torch.float64)
    predicted = network((x0 + sigma * noise) / (1 + sigma**2).sqrt())
    torch.testing.assert_close(loss, (predicted - noise).square().mean(1))


def network_of(side, channels=1, seed=0):
    torch.manual_seed(seed)
    return UNet(side, 8, channels)


@pytest.mark.parametrize("side, channels", [(8, 1), (14, 1), (28, 1), (8, 3)])
def test_the_network_keeps_the_shape_and_hears_of_level_and_label(side, channels):
    network, x = network_of(side, channels), torch.randn(3, side**2 * channels, generator=generator())
    level, label = torch.tensor([[-1.0], [0.0], [1.0]]), torch.tensor([0, 9, UNKNOWN])
    out = network(x, level, label)
    assert out.shape == x.shape
    out.sum().backward()
    assert all(p.grad is not None for p in network.parameters())
    for changed in (network(x, level.flip(0), label), network(x, level, label.flip(0))):
        assert [torch.equal(a, b) for a, b in zip(out, changed, strict=True)] == [False, True, False]


def test_rows_hold_the_channels_of_a_pixel_side_by_side():
    """A network that shifts by a pixel, seen through its first layer: whole pixels move, not single channels."""
    network, x = network_of(8, 3), torch.randn(2, 8 * 8 * 3, generator=generator())
    seen = []
    network.into.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    network(x, torch.zeros(2, 1), torch.zeros(2, dtype=torch.long))
    assert torch.equal(seen[0], x.view(2, 8, 8, 3).movedim(-1, 1))
    assert seen[0].is_contiguous(memory_format=torch.channels_last)


@pytest.mark.parametrize("recipe", diffusion_images.RECIPES.values())
def test_guidance_extrapolates_the_score(recipe):
    network, x, label = network_of(8), torch.randn(2, 64, generator=generator()), torch.tensor([3, 7])
    sigma = torch.tensor([[0.5], [2.0]])

    def score(label):
        return (recipe(told(network, label, mixed=False))(x, sigma) - x) / sigma**2

    plain, informed = score(torch.tensor([UNKNOWN, UNKNOWN])), score(label)
    assert not torch.allclose(plain, informed)
    for weight in (0.0, 1.0, 2.5):
        found = (guided(recipe, network, label, weight, mixed=False)(x, sigma) - x) / sigma**2
        torch.testing.assert_close(found, plain + weight * (informed - plain), atol=1e-4, rtol=1e-4)


def trained(mixed=False, backend="", hidden=0.5):
    config = diffusion_images.Config(side=8, width=8, steps=4, batch=16, hidden=hidden, mixed=mixed, backend=backend)
    x, labels = torch.randn(40, 64, generator=generator()), torch.arange(40) % 10
    recipe, network = diffusion_images.RECIPES["preconditioned"], network_of(8)
    levels = lambda count: 0.5 + torch.rand(count, 1)  # noqa: E731
    return train(network, recipe, levels, x, labels, config, Process(0, 1, "cpu"), seed=0)


@pytest.mark.parametrize("settings, tolerance", [({"backend": "eager"}, 1e-5), ({"mixed": True}, 0.02)])
def test_what_is_for_gpus_trains_the_same(settings, tolerance):
    """Traced as torch.compile does, and in bfloat16: losses and averaged weights are those of the plain training."""
    network, speed, losses = trained()
    other, _, others = trained(**settings)
    assert speed > 0 and losses.shape == (4,) and losses.min() > 0
    torch.testing.assert_close(others, losses, atol=0, rtol=tolerance)
    assert torch.equal(others, losses) != ("mixed" in settings), "bfloat16 is seen in the losses, tracing is not"
    for mine, its in zip(network.parameters(), other.parameters(), strict=True):
        assert mine.is_contiguous(memory_format=torch.channels_last) or mine.ndim < 4
        torch.testing.assert_close(its, mine, atol=4e-3 if "mixed" in settings else 1e-6, rtol=0)


def test_hidden_labels_are_not_told():
    for hidden, seen in ((0.0, False), (1.0, True)):
        network, _, _ = trained(hidden=hidden)
        moved = network.label.weight != network_of(8).label.weight
        assert moved[UNKNOWN].any() == seen
        assert moved[:UNKNOWN].any() != seen


def test_the_photographs_are_still_without_a_record():
    assert experiments.without_record() == ["diffusion_cifar"], "show its samples and numbers on the page"


def test_the_networks_memorise_few_points_and_not_many():
    run = runs.load("diffusion_memorization")
    distance = run.array("distance")  # (seeds, counts, measurements)
    assert distance[:, 0, -1].max() < 0.1 < 0.9 < distance[:, -1].min()
    mean = distance.mean(0)
    assert (mean[1:] > mean[:-1]).all() and (mean[:, 1:] < mean[:, :-1]).all()
    assert run.array("exact").max() < 1e-3


def test_samples_of_the_moons_cannot_be_told_from_data():
    run = runs.load("diffusion")
    floor = max(run.results["data"])
    for sampler in ("sde", "ode", "heun"):
        assert sum(run.results[sampler]) / 5 < floor
    first = {name: run.array(name)[:, 0].mean() for name in ("sde", "ode", "heun")}
    assert first["heun"] > 10 * max(first["sde"], first["ode"])


def test_this_chapters_recipe_comes_to_a_quarter_of_the_tutorials_distance():
    run = runs.load("diffusion_images")
    ours, theirs = run.results["distance_preconditioned"], run.results["distance_ddpm"]
    assert max(ours) < min(theirs) and 0.2 < sum(ours) / sum(theirs) < 0.3
    assert max(run.results["distance_real"]) < min(ours)
    assert run.max("confidence_ddpm") < run.min("confidence_preconditioned") < run.max("confidence_preconditioned")
    assert run.max("confidence_preconditioned") < run.min("confidence_guided")
    assert run.max("confidence_preconditioned") < run.min("confidence_real")
    assert run.max("confidence_real") < run.min("confidence_guided")
    assert 1.7 < run.mean("distance_guided") / run.mean("distance_preconditioned") < 2
    assert run.config["betas"] / (2 * run.config["heun_steps"] - 1) > 8
