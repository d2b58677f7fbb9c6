"""dlnotes.multilayer_perceptron against torch in float64, forward and backward, and against what the chapter proves."""

import math
from itertools import pairwise, product

import jaxtyping
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional as F
from torch.utils.flop_counter import FlopCounterMode

from dlnotes import data, runs
from dlnotes import multilayer_perceptron as module
from dlnotes.experiments import multilayer_perceptron as digits_experiment
from dlnotes.experiments import (
    multilayer_perceptron_approximation,
    multilayer_perceptron_dying,
    multilayer_perceptron_perceptron,
    multilayer_perceptron_regions,
)
from dlnotes.multilayer_perceptron import (
    dead_units,
    gelu,
    interpolation_network,
    leaky_relu,
    linear,
    mistake_bound,
    mlp,
    multiply_adds,
    parameter_count,
    perceptron,
    relu,
    sawtooth_network,
    sigmoid,
    staircase_network,
    step,
)

INF = math.inf


def normal(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def assert_same(ours, theirs, *inputs):
    """Values, gradients and second derivatives of a random weighting of them agree."""
    mine, reference = ours(*inputs), theirs(*inputs)
    assert mine.dtype == reference.dtype
    torch.testing.assert_close(mine, reference, rtol=1e-12, atol=1e-12)
    weights = normal(*reference.shape, seed=1)
    gradients = []
    for function in (ours, theirs):
        leaves = [x.clone().requires_grad_() for x in inputs]
        gradients.append(torch.autograd.grad((weights * function(*leaves)).sum(), leaves))
    for a, b in zip(*gradients, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-12, atol=1e-12)


@pytest.fixture
def no_annotation_checks():
    """The functions' own messages, as a reader meets them, not those of the checker that runs in tests."""
    jaxtyping.config.update("jaxtyping_disable", True)
    yield
    jaxtyping.config.update("jaxtyping_disable", False)


# ---- Activations

ACTIVATIONS = {
    "sigmoid": (module.sigmoid, torch.sigmoid),
    "tanh": (module.tanh, torch.tanh),
    "relu": (module.relu, torch.relu),
    "leaky_relu": (module.leaky_relu, F.leaky_relu),
    "leaky_relu 0.3": (lambda z: leaky_relu(z, 0.3), lambda z: F.leaky_relu(z, 0.3)),
    "gelu": (module.gelu, F.gelu),
    "gelu tanh": (lambda z: gelu(z, approximate="tanh"), lambda z: F.gelu(z, approximate="tanh")),
    "silu": (module.silu, F.silu),
}
BOTH = pytest.mark.parametrize(("ours", "theirs"), ACTIVATIONS.values(), ids=ACTIVATIONS)


@BOTH
@pytest.mark.parametrize("shape", [(), (7,), (3, 4), (2, 3, 4), (0,), (2, 0)])
@pytest.mark.parametrize("scale", [1.0, 30.0])
def test_activations_equal_torch(ours, theirs, shape, scale):
    assert_same(ours, theirs, scale * normal(*shape))


@BOTH
def test_activations_at_zero_and_far_out(ours, theirs):
    """At 0 several branches meet; far out exponentials overflow if they are not guarded."""
    assert_same(ours, theirs, torch.tensor([0.0, -0.0, 1e-300, -1e-300, 40.0, -40.0, 1e4, -1e4], dtype=torch.float64))
    huge = torch.tensor([1e100, -1e100], dtype=torch.float64)
    torch.testing.assert_close(ours(huge), theirs(huge))


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "relu", "leaky_relu"])
def test_infinities_and_nan(name):
    z = torch.tensor([INF, -INF, math.nan], dtype=torch.float64)
    ours, theirs = ACTIVATIONS[name]
    torch.testing.assert_close(ours(z), theirs(z), equal_nan=True)


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "gelu", "silu"])
def test_second_derivatives_equal_torch(name):
    z = torch.tensor([-30.0, -1.3, 0.0, 0.4, 30.0], dtype=torch.float64)
    ours, theirs = (torch.func.vmap(torch.func.grad(torch.func.grad(f)))(z) for f in ACTIVATIONS[name])
    torch.testing.assert_close(ours, theirs, rtol=1e-9, atol=1e-12)


def test_tanh_keeps_its_digits_near_zero():
    z = torch.tensor([1e-12, -1e-9], dtype=torch.float64)
    torch.testing.assert_close(module.tanh(z), z, rtol=1e-15, atol=0.0)


@BOTH
def test_activations_keep_the_dtype(ours, theirs):
    for dtype in (torch.float32, torch.float64):
        assert ours(torch.zeros(2, dtype=dtype)).dtype == dtype


@pytest.mark.parametrize("name", ["step", "sigmoid", "tanh", "relu", "leaky_relu", "gelu", "silu"])
def test_integers_are_refused(name, no_annotation_checks):
    with pytest.raises(TypeError, match=r"floating-point.*torch\.int64.*float\(\)"):
        getattr(module, name)(torch.tensor([1]))


def test_gelu_refuses_an_unknown_approximation():
    with pytest.raises(ValueError, match='approximate must be "none" or "tanh", got \'erf\''):
        gelu(torch.zeros(2), approximate="erf")


def test_step_is_a_threshold_without_gradient():
    z = torch.tensor([-2.0, -0.0, 0.0, 1e-30, 3.0])
    torch.testing.assert_close(step(z), torch.heaviside(z, torch.tensor(0.0)))
    assert not step(z.clone().requires_grad_()).requires_grad


def test_dead_units():
    z = torch.tensor([[-1.0, 0.0, 2.0], [-3.0, -1.0, -1.0]])
    assert dead_units(z).tolist() == [True, True, False]
    weight, bias, x = normal(3, 4), torch.tensor([0.0, -99.0, 0.0]).double(), normal(6, 4, seed=1)
    dead = dead_units(linear(x, weight, bias))
    weight.requires_grad_()
    relu(linear(x, weight, bias)).square().sum().backward()
    assert torch.equal((weight.grad == 0).all(dim=1), dead)
    assert dead.tolist() == [False, True, False]
    with pytest.raises(ValueError, match=r"at least one sample, got shape \(0, 3\)"):
        dead_units(torch.zeros(0, 3))


# ---- The perceptron


def by_loops(input, target, limit):
    """The perceptron, one sample after the other, as the textbooks have it."""
    weights = [torch.zeros_like(input[0])]
    clean = 0
    while clean < len(input):
        for x, y in zip(input, target, strict=True):
            if y * (weights[-1] @ x) <= 0:
                weights.append(weights[-1] + y * x)
                clean = 0
            else:
                clean += 1
            if clean == len(input) or len(weights) > limit:
                return torch.stack(weights)
    return torch.stack(weights)


@given(samples=st.integers(1, 12), size=st.integers(1, 4), seed=st.integers(0, 999))
@settings(max_examples=60, deadline=None)
def test_perceptron_visits_the_weights_of_the_loop(samples, size, seed):
    x, direction = normal(samples, size, seed=seed), normal(size, seed=seed + 1)
    y = torch.where(x @ direction > 0, 1.0, -1.0).double()
    ours, theirs = perceptron(x, y, max_mistakes=200), by_loops(x, y, 200)
    torch.testing.assert_close(ours, theirs)
    if len(ours) <= 200:
        assert (y * (x @ ours[-1]) > 0).all()
        assert len(ours) - 1 <= mistake_bound(x, y, ours[-1]) * (1 + 1e-9)


def test_perceptron_stops_at_the_limit_where_classes_cannot_be_separated():
    x = torch.tensor([[0.0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]])
    y = torch.tensor([-1.0, 1, 1, -1])
    assert len(perceptron(x, y, max_mistakes=50)) == 51
    assert len(perceptron(x, y, max_mistakes=0)) == 1
    with pytest.raises(ValueError, match=r"must separate the samples, but the smallest y w·x / \|w\| is -"):
        mistake_bound(x, y, torch.tensor([1.0, 1.0, 0.1]))


@pytest.mark.parametrize(
    ("input", "target", "message"),
    [
        (torch.ones(2, 3), torch.ones(3), r"one class for each .* input \(2, 3\), target \(3,\)"),
        (torch.ones(0, 3), torch.ones(0), "at least one sample"),
        (torch.ones(2, 3), torch.tensor([0.0, 1.0]), r"must be \+1 or -1; turn 0 and 1 into them"),
    ],
)
@pytest.mark.parametrize("function", [perceptron, lambda x, y: mistake_bound(x, y, torch.ones(3))])
def test_perceptron_refuses(function, input, target, message, no_annotation_checks):
    with pytest.raises(ValueError, match=message):
        function(input, target)


def test_perceptron_refuses_a_negative_limit():
    with pytest.raises(ValueError, match="max_mistakes must not be negative, got -1"):
        perceptron(torch.ones(1, 1), torch.ones(1), max_mistakes=-1)


# ---- Layers and networks


@pytest.mark.parametrize("batch", [(), (5,), (2, 5), (0,)])
def test_linear_equals_torch(batch):
    x, weight, bias = normal(*batch, 4), normal(3, 4, seed=1), normal(3, seed=2)
    assert_same(linear, F.linear, x, weight, bias)
    assert_same(linear, F.linear, x, weight)


@pytest.mark.parametrize("sizes", [[3, 2], [3, 5, 2], [4, 6, 5, 3]])
@pytest.mark.parametrize(
    ("ours", "layer"), [(relu, nn.ReLU()), (sigmoid, nn.Sigmoid()), (gelu, nn.GELU())], ids=["relu", "sigmoid", "gelu"]
)
def test_mlp_equals_torch(sizes, ours, layer):
    torch.manual_seed(0)
    layers = [nn.Linear(n, m).double() for n, m in pairwise(sizes)]
    network = nn.Sequential(*[m for linear in layers[:-1] for m in (linear, layer)], layers[-1])
    weights, biases = [linear.weight for linear in layers], [linear.bias for linear in layers]
    x = normal(7, sizes[0])
    mine, reference = mlp(x, weights, biases, ours), network(x)
    torch.testing.assert_close(mine, reference, rtol=1e-12, atol=1e-12)
    for a, b in zip(
        torch.autograd.grad(mine.square().sum(), [*weights, *biases]),
        torch.autograd.grad(reference.square().sum(), [*weights, *biases]),
        strict=True,
    ):
        torch.testing.assert_close(a, b, rtol=1e-12, atol=1e-12)


def test_networks_side_by_side():
    """A batch of networks by vmap: one seed a network."""
    weights, biases = [normal(6, 5, 3), normal(6, 2, 5, seed=1)], [normal(6, 5, seed=2), normal(6, 2, seed=3)]
    x = normal(4, 3, seed=4)
    together = torch.func.vmap(lambda w, b: mlp(x, w, b))(weights, biases)
    for i in range(6):
        torch.testing.assert_close(together[i], mlp(x, [w[i] for w in weights], [b[i] for b in biases]))


@pytest.mark.parametrize(
    ("weight", "bias", "message"),
    [
        (torch.ones(3, 2), None, r"weight must have shape \(out, 4\), one row a unit, got \(3, 2\)"),
        (torch.ones(4, 3), None, r"weight must have shape \(out, 4\).*got \(4, 3\)"),
        (torch.ones(3, 4), torch.ones(1), r"bias must have shape \(3,\), one entry a unit, got \(1,\)"),
        (torch.ones(3, 4), torch.ones(4), r"bias must have shape \(3,\).*got \(4,\)"),
    ],
)
def test_linear_refuses_what_would_broadcast(weight, bias, message, no_annotation_checks):
    with pytest.raises(ValueError, match=message):
        linear(torch.ones(5, 4), weight, bias)


def test_mlp_refuses(no_annotation_checks):
    with pytest.raises(ValueError, match="at least one layer, got 0 weights, 0 biases"):
        mlp(torch.ones(2, 3), [], [])
    with pytest.raises(ValueError, match=r"one bias a weight .* got 1 weights, 2 biases"):
        mlp(torch.ones(2, 3), [torch.ones(2, 3)], [torch.ones(2), torch.ones(2)])


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("sizes", [[3, 2], [7, 5, 4], [64, 32, 16, 10]])
def test_counts(sizes, bias):
    layers = [nn.Linear(n, m, bias=bias) for n, m in pairwise(sizes)]
    assert parameter_count(sizes, bias) == sum(p.numel() for layer in layers for p in layer.parameters())
    with FlopCounterMode(display=False) as counter:
        nn.Sequential(*layers)(torch.zeros(6, sizes[0]))
    assert 2 * multiply_adds(sizes, samples=6) == counter.get_total_flops()


@pytest.mark.parametrize("count", [parameter_count, multiply_adds])
@pytest.mark.parametrize("sizes", [[], [3], [3, 0, 2]])
def test_counts_refuse(count, sizes):
    with pytest.raises(ValueError, match="sizes must hold the widths of the input and of at least one layer, got"):
        count(sizes)


def test_multiply_adds_refuses_negative_samples():
    with pytest.raises(ValueError, match="samples must not be negative, got -1"):
        multiply_adds([2, 2], samples=-1)


# ---- Networks made by hand


def column(*values):
    return torch.tensor(values, dtype=torch.float64).unsqueeze(1)


def test_staircase_has_its_heights_between_the_edges():
    edges, heights = torch.tensor([0.2, 0.5, 0.6]).double(), normal(4)
    network = staircase_network(edges, heights, steepness=2000.0)
    reached = mlp(column(0.0, 0.35, 0.55, 0.9), *network, sigmoid)
    torch.testing.assert_close(reached.squeeze(1), heights, atol=1e-12, rtol=0)
    middle = mlp(edges.unsqueeze(1), *network, sigmoid).squeeze(1)
    torch.testing.assert_close(middle, (heights[:-1] + heights[1:]) / 2, atol=1e-12, rtol=0)


@given(count=st.integers(2, 9), seed=st.integers(0, 999))
@settings(max_examples=40, deadline=None)
def test_interpolation_equals_numpy(count, seed):
    knots = normal(count, seed=seed).abs().cumsum(0)
    values = normal(count, seed=seed + 1)
    x = torch.linspace(float(knots[0]), float(knots[-1]), 57, dtype=torch.float64)
    ours = mlp(x.unsqueeze(1), *interpolation_network(knots, values)).squeeze(1)
    expected = torch.from_numpy(np.interp(x.numpy(), knots.numpy(), values.numpy()))
    torch.testing.assert_close(ours, expected, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("depth", [1, 2, 3, 5])
def test_sawtooth_has_two_to_the_depth_pieces(depth):
    network = sawtooth_network(depth, torch.float64)
    x = torch.linspace(0, 1, 2**depth + 1, dtype=torch.float64).unsqueeze(1)
    expected = torch.arange(2**depth + 1, dtype=torch.float64) % 2
    torch.testing.assert_close(mlp(x, *network).squeeze(1), expected, rtol=0, atol=1e-12)
    between = (x[:-1] + x[1:]) / 2
    torch.testing.assert_close(mlp(between, *network), torch.full_like(between, 0.5), rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: staircase_network(torch.zeros(2), torch.zeros(2), 1.0), "one height more than edges, got 2 heights"),
        (lambda: staircase_network(torch.zeros(1), torch.zeros(2), 0.0), "steepness must be positive, got 0.0"),
        (lambda: staircase_network(torch.zeros(2), torch.zeros(3), 1.0), r"edges must increase, got \[0.0, 0.0\]"),
        (lambda: interpolation_network(torch.ones(1), torch.ones(1)), "at least two knots, got 1 values, 1 knots"),
        (lambda: interpolation_network(torch.tensor([1.0, 0.0]), torch.ones(2)), "knots must increase"),
        (lambda: sawtooth_network(0), "depth must be at least 1, got 0"),
    ],
)
def test_constructions_refuse(call, message):
    with pytest.raises(ValueError, match=message):
        call()


# ---- Experiments


def test_separable_samples_keep_their_margin():
    generator = torch.Generator().manual_seed(0)
    x, y, direction = multilayer_perceptron_perceptron.separable(50, 3, 0.3, generator)
    assert x.shape == (50, 3) and (x.norm(dim=1) - 1).abs().max() < 1e-12
    assert (y * (x @ direction)).min() >= 0.3
    assert {*y.tolist()} == {-1.0, 1.0}


def test_networks_of_all_seeds_train_as_one_alone():
    config = multilayer_perceptron_dying.Config(
        dataset="digits", samples=64, hidden=5, lrs=(0.1, 0.5), batch=16, epochs=2, seeds=(0, 1, 2), device="cpu"
    )
    split = multilayer_perceptron_dying.load_split(config)
    together = multilayer_perceptron_dying.train(config, split, (0.1, 0.5), 0.0, 0.01)
    torch.manual_seed(0)
    w1, b1, w2, b2 = multilayer_perceptron_dying.initial(config, 64, 10, seed=1, shift=0.0)
    alone = nn.Sequential(nn.Linear(64, 5), nn.LeakyReLU(0.01), nn.Linear(5, 10))
    alone.load_state_dict({"0.weight": w1, "0.bias": b1, "2.weight": w2, "2.bias": b2})
    optimizer, generator = torch.optim.SGD(alone.parameters(), lr=0.5), torch.Generator().manual_seed(1)
    for _ in range(2):
        for index in torch.randperm(64, generator=generator).split(16):
            optimizer.zero_grad()
            F.cross_entropy(alone(split.train_x[index]), split.train_y[index]).backward()
            optimizer.step()
    accuracy = (alone(split.test_x).argmax(dim=1) == split.test_y).double().mean()
    off = (alone[0](split.train_x) <= 0).all(dim=0).double().mean()
    assert together[1][1, 1] == pytest.approx(accuracy.item(), abs=1 / 360)
    assert together[0][1, 1, -1] == pytest.approx(off.item())


def test_splits_are_of_the_same_images():
    images = torch.cat([data.digits(split)[0].flatten(1) / 16 for split in ("train", "test")]).unique(dim=0)
    for by_order in (True, False):
        (x, y), (test_x, test_y) = digits_experiment.load_split(3, by_order)
        assert x.shape == (1437, 64) and test_x.shape == (360, 64) and len(y) == 1437 and len(test_y) == 360
        assert torch.equal(torch.cat([x, test_x]).unique(dim=0), images)


def test_experiment_builds_the_network_that_numbers_name():
    network = multilayer_perceptron_regions.network(multilayer_perceptron_regions.Config(width=7), 2, nn.ReLU)
    assert [layer.weight.shape for layer in network if isinstance(layer, nn.Linear)] == [(7, 2), (7, 7), (2, 7)]
    assert [type(layer) for layer in network] == [nn.Linear, nn.ReLU, nn.Linear, nn.ReLU, nn.Linear]


def test_outputs_of_the_batched_curve_networks():
    networks = [multilayer_perceptron_approximation.initial(5, seed) for seed in (0, 1)]
    parameters = [torch.stack(p) for p in zip(*networks, strict=True)]
    x = torch.linspace(0, 1, 9)
    together = multilayer_perceptron_approximation.outputs(x, parameters)
    for i in range(2):
        slope, offset, weight, bias = (p[i] for p in parameters)
        alone = mlp(x.unsqueeze(1), [slope.unsqueeze(1), weight.unsqueeze(0)], [offset, bias.unsqueeze(0)])
        torch.testing.assert_close(together[i], alone.squeeze(1))


def test_records_show_what_the_page_says():
    perceptron_run = runs.load("multilayer_perceptron_perceptron")
    assert (perceptron_run.array("mistakes") <= perceptron_run.array("bound")).all()
    digits_run = runs.load("multilayer_perceptron")
    assert digits_run.mean("relu_random_accuracy") > 0.97
    assert digits_run.mean("relu_random_accuracy") > digits_run.mean("single_random_accuracy")
    assert digits_run.max("relu_order_accuracy") < digits_run.min("relu_random_accuracy")
    dying = runs.load("multilayer_perceptron_dying")
    bad = dying.array("relu_bad_off")
    assert (bad[:, 1:] >= bad[:, :-1]).all(), "a dead unit of the first layer stays dead"
    assert dying.mean("relu_bad_accuracy") < dying.mean("leaky_bad_accuracy") < dying.mean("leakier_bad_accuracy")
    regions = runs.load("multilayer_perceptron_regions")
    assert regions.max("linear_accuracy") < regions.min("relu_1_accuracy")
    approximation = runs.load("multilayer_perceptron_approximation")
    assert (approximation.array("trained_error")[:, -1] > 10 * approximation.array("constructed_error")[-1]).all()


def test_xor_by_all_weights_of_a_grid():
    """The chapter's two units are not the only solution, and no single unit is one."""
    points = torch.tensor(list(product([0.0, 1.0], repeat=2)))
    xor = torch.tensor([0.0, 1, 1, 0])
    grid = torch.tensor(list(product(torch.linspace(-2, 2, 17).tolist(), repeat=3)))
    decided = step(points @ grid[:, :2].T + grid[:, 2])
    assert not (decided == xor.unsqueeze(1)).all(dim=0).any()
