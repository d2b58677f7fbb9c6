"""The chapter's initialisers and variance maps, against torch, quadrature and simulation."""

import math

import pytest
import scipy.integrate
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from dlnotes import initialization as ours
from dlnotes import runs
from dlnotes.experiments import (
    initialization,
    initialization_depth,
    initialization_linear,
    initialization_symmetry,
)

SHAPES = st.lists(st.integers(1, 6), min_size=2, max_size=5).map(tuple)
DTYPES = st.sampled_from([torch.float32, torch.float64])
NONLINEARITIES = ["linear", "conv1d", "conv2d", "conv3d", "conv_transpose2d", "sigmoid", "tanh", "relu", "selu"]


def both(name, shape, dtype, seed, **options):
    """A weight filled by the book's function and by torch's, from equal generators."""
    for module in (ours, nn.init):
        weight = torch.full(shape, math.nan, dtype=dtype)
        returned = getattr(module, name)(weight, generator=torch.Generator().manual_seed(seed), **options)
        assert returned is weight
        yield weight


# ---- The initialisers


@given(shape=SHAPES, dtype=DTYPES, seed=st.integers(0, 99), gain=st.floats(0, 3), kind=st.sampled_from("un"))
@settings(max_examples=60, deadline=None)
def test_xavier_equals_torch(shape, dtype, seed, gain, kind):
    name = {"u": "xavier_uniform_", "n": "xavier_normal_"}[kind]
    assert torch.equal(*both(name, shape, dtype, seed, gain=gain))


@given(
    shape=SHAPES,
    dtype=DTYPES,
    seed=st.integers(0, 99),
    a=st.floats(0, 3),
    mode=st.sampled_from(["fan_in", "fan_out"]),
    nonlinearity=st.sampled_from([*NONLINEARITIES, "leaky_relu"]),
    kind=st.sampled_from("un"),
)
@settings(max_examples=60, deadline=None)
def test_kaiming_equals_torch(shape, dtype, seed, a, mode, nonlinearity, kind):
    name = {"u": "kaiming_uniform_", "n": "kaiming_normal_"}[kind]
    assert torch.equal(*both(name, shape, dtype, seed, a=a, mode=mode, nonlinearity=nonlinearity))


@given(shape=SHAPES, dtype=DTYPES, seed=st.integers(0, 99), gain=st.floats(0.1, 3))
@settings(max_examples=60, deadline=None)
def test_orthogonal_equals_torch_and_is_orthogonal(shape, dtype, seed, gain):
    weights = list(both("orthogonal_", shape, dtype, seed, gain=gain))
    torch.testing.assert_close(*weights, rtol=1e-5 if dtype == torch.float32 else 1e-12, atol=1e-6)
    matrix = weights[0].double().flatten(1) / gain
    gram = matrix @ matrix.T if matrix.shape[0] <= matrix.shape[1] else matrix.T @ matrix
    torch.testing.assert_close(gram, torch.eye(len(gram)).double(), rtol=0, atol=1e-5)


@pytest.mark.parametrize(
    "name", ["xavier_uniform_", "xavier_normal_", "kaiming_uniform_", "kaiming_normal_", "orthogonal_"]
)
def test_weights_of_networks(name):
    """Empty weights stay empty, a parameter stays one, the global generator is used, and vectors are refused."""
    fill = getattr(ours, name)
    assert fill(torch.empty(0, 3)).shape == (0, 3)
    assert fill(torch.empty(3, 0)).shape == (3, 0)
    layer = nn.Linear(4, 3)
    torch.manual_seed(5)
    assert fill(layer.weight) is layer.weight and layer.weight.requires_grad and layer.weight.is_leaf
    expected = torch.empty(3, 4)
    torch.manual_seed(5)
    getattr(nn.init, name)(expected)
    assert torch.equal(layer.weight.detach(), expected)
    with pytest.raises(ValueError, match=r"at least two dimensions, \(out, in\), got shape \(3,\)"):
        fill(torch.empty(3))


def test_transposed_views_are_filled_in_place():
    stored = torch.zeros(500, 50)
    ours.kaiming_normal_(stored.T, nonlinearity="relu")
    assert stored.var().item() == pytest.approx(2 / 500, rel=0.05)
    ours.orthogonal_(stored.T)
    torch.testing.assert_close(stored.T @ stored, torch.eye(50), rtol=0, atol=1e-5)


def test_kaiming_refuses_unknown_modes():
    with pytest.raises(ValueError, match="mode must be 'fan_in' or 'fan_out', got 'fan_sum'"):
        ours.kaiming_uniform_(torch.empty(2, 3), mode="fan_sum")
    with pytest.raises(ValueError, match="no gain is known for 'swish'"):
        ours.kaiming_normal_(torch.empty(2, 3), nonlinearity="swish")


@pytest.mark.parametrize("nonlinearity", NONLINEARITIES)
def test_gains_equal_torch(nonlinearity):
    assert ours.calculate_gain(nonlinearity) == nn.init.calculate_gain(nonlinearity)


@pytest.mark.parametrize("slope", [None, 0, 0.2, 1, -1.5])
def test_leaky_gains_equal_torch(slope):
    assert ours.calculate_gain("leaky_relu", slope) == nn.init.calculate_gain("leaky_relu", slope)


@pytest.mark.parametrize("slope", [True, False])
def test_slopes_must_be_numbers(slope):
    with pytest.raises(ValueError, match="the slope of leaky_relu must be a number"):
        ours.calculate_gain("leaky_relu", slope)


@given(shape=SHAPES)
def test_fans_equal_torch(shape):
    weight = torch.empty(shape)
    assert ours.calculate_fan_in_and_fan_out(weight) == nn.init._calculate_fan_in_and_fan_out(weight)


# ---- Variances through layers


@pytest.mark.parametrize("function", [torch.tanh, torch.sigmoid, torch.nn.functional.gelu])
@pytest.mark.parametrize("variance", [0.0, 0.3, 2.0])
def test_gaussian_mean_equals_adaptive_quadrature(function, variance):
    def integrand(z):
        value = function(torch.tensor(math.sqrt(variance) * z, dtype=torch.float64)).item()
        return value**2 * math.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)

    exact, _ = scipy.integrate.quad(integrand, -12, 12, epsabs=1e-12, limit=300)
    assert ours.gaussian_mean(lambda z: function(z) ** 2, variance) == pytest.approx(exact, rel=1e-7)


def test_relu_is_exact():
    assert ours.gaussian_mean(lambda z: torch.relu(z) ** 2, 3.7) == pytest.approx(3.7 / 2, rel=1e-12)
    assert ours.backward_factor(torch.relu, 2.0, 0.3) == pytest.approx(1, rel=1e-12)


def test_variance_recursion_has_biases():
    values = ours.variance_recursion(torch.relu, 1.0, 4.0, 2, bias_variance=0.5)
    torch.testing.assert_close(values, torch.tensor([4.0, 2.5, 1.75], dtype=torch.float64))
    assert ours.variance_recursion(torch.tanh, 1.0, 4.0, 0).tolist() == [4.0]


def test_variance_maps_agree_with_a_wide_network():
    torch.manual_seed(0)
    n, depth, scale = 1000, 5, 25 / 9
    x = torch.randn(64, n, dtype=torch.float64, requires_grad=True)
    z = [x]
    for _ in range(depth):
        weight = (scale / n) ** 0.5 * torch.randn(n, n, dtype=torch.float64)
        z.append(torch.tanh(z[-1]) @ weight.T)
    measured = torch.stack([layer.detach().square().mean() for layer in z])
    predicted = ours.variance_recursion(torch.tanh, scale, measured[0].item(), depth)
    torch.testing.assert_close(measured, predicted, rtol=0.1, atol=0)
    direction = torch.randn_like(z[-1])
    (back,) = torch.autograd.grad((z[-1] * direction).sum(), x)
    factors = math.prod(ours.backward_factor(torch.tanh, scale, v) for v in predicted[:-1].tolist())
    assert (back.square().mean() / direction.square().mean()).item() == pytest.approx(factors, rel=0.1)


def test_relu_cosine():
    torch.manual_seed(0)
    for cosine in (-1.0, -0.6, 0.0, 0.7, 1.0):
        u, noise = torch.randn(2, 1_000_000, dtype=torch.float64)
        v = cosine * u + math.sqrt(1 - cosine**2) * noise
        measured = (torch.relu(u) * torch.relu(v)).mean() / 0.5
        assert ours.relu_cosine(torch.tensor(cosine)).item() == pytest.approx(measured.item(), abs=5e-3)
    with pytest.raises(ValueError, match=r"a cosine lies between -1 and 1, got 1\.5"):
        ours.relu_cosine(torch.tensor([0.0, -1.5]))


def test_mode_strength_is_the_flow_of_two_layers():
    target, start, lr, steps = 1.7, 0.01, 1e-4, 20_000
    u = math.sqrt(start)
    for _ in range(steps):
        u += lr * u * (target - u * u)
    assert ours.mode_strength(torch.tensor(lr * steps), target, start).item() == pytest.approx(u * u, rel=1e-3)


# ---- The experiments


@pytest.mark.parametrize(
    "experiment", [initialization, initialization_depth, initialization_linear, initialization_symmetry]
)
def test_experiments_run(experiment):
    runs.validate(vars(experiment.smoke()))


def test_constant_units_stay_equal_in_the_record():
    record = runs.load("initialization_symmetry")
    assert record.array("constant_spread").max() == 0 and record.array("zero_spread").max() == 0
    assert record.array("noisy_spread")[:, -1].min() > 0.1


def test_records_say_what_the_page_says():
    fifty = runs.load("initialization")
    assert fifty.mean("xavier_forward_change") == pytest.approx(49 * math.log10(0.5), abs=0.6)
    assert fifty.mean("default_backward_change") == pytest.approx(49 * math.log10(1 / 6), abs=0.3)
    assert abs(fifty.mean("he_backward_change")) < 0.3 and fifty.min("he_cosine") > 0.95
    depth = runs.load("initialization_depth")
    failing, learning = (
        ("small", "default", "xavier"),
        ("he", "orthogonal", "tanh_xavier", "tanh_gain", "tanh_orthogonal"),
    )
    assert min(depth.min(f"{name}_loss") for name in failing) > 2.2
    assert max(depth.max(f"{name}_loss") for name in learning) < 1.2
    assert depth.max("orthogonal_loss") < depth.min("he_loss")  # faster in each of the seeds
    assert depth.max("tanh_orthogonal_loss") < depth.min("tanh_gain_loss")
    linear = runs.load("initialization_linear")
    assert linear.mean("three_exponent") == pytest.approx(-1, abs=0.02)
    assert linear.mean("four_exponent") == pytest.approx(-2, abs=0.02)
