"""dlnotes.normalization against torch in float64: values, gradients, running statistics, state, messages."""

import copy
import math

import jaxtyping
import numpy as np
import pytest
import torch
from torch import nn
from torch.autograd import gradcheck
from torch.nn import functional as F
from torch.nn.utils import fusion

from dlnotes import normalization as ours

TOLERANCE = {"rtol": 1e-12, "atol": 1e-12}


def rand(*shape, seed=0, scale=1.0, shift=0.0):
    generator = torch.Generator().manual_seed(seed)
    return shift + scale * torch.randn(shape, generator=generator, dtype=torch.float64)


def gradients(function, *inputs):
    """Value, and gradients of a random weighting of it by every input that is not None."""
    leaves = [None if x is None else x.clone().requires_grad_() for x in inputs]
    value = function(*leaves)
    weights = rand(*value.shape, seed=7)
    return value, torch.autograd.grad((weights * value).sum(), [x for x in leaves if x is not None])


def assert_same(function, reference, *inputs, **tolerance):
    (value, grads), (expected, expected_grads) = gradients(function, *inputs), gradients(reference, *inputs)
    torch.testing.assert_close(value, expected, **tolerance or TOLERANCE)
    for grad, expected_grad in zip(grads, expected_grads, strict=True):
        torch.testing.assert_close(grad, expected_grad, **tolerance or TOLERANCE)


def affine(shape, weight, bias):
    return rand(*shape, seed=2) if weight else None, rand(*shape, seed=3) if bias else None


BATCHES = [(7, 3), (2, 5), (1, 3, 4), (6, 1), (4, 3, 5), (3, 2, 4, 5), (2, 3, 1, 2, 3), (0, 3), (0, 3, 4), (2, 3, 0)]
AFFINE = [(True, True), (True, False), (False, True), (False, False)]


# Functions


@pytest.mark.parametrize("shape", BATCHES)
@pytest.mark.parametrize(("weight", "bias"), AFFINE)
@pytest.mark.parametrize("eps", [1e-5, 0.3])
def test_batch_norm_in_training(shape, weight, bias, eps):
    parameters = affine(shape[1:2], weight, bias)

    def call(function):
        return lambda x, w, b: function(x, None, None, w, b, training=True, eps=eps)

    assert_same(call(ours.batch_norm), call(F.batch_norm), rand(*shape, scale=2, shift=3), *parameters)


@pytest.mark.parametrize("shape", BATCHES)
@pytest.mark.parametrize("momentum", [0.0, 0.1, 1.0])
def test_running_statistics_move_as_torchs(shape, momentum):
    kept = []
    for function in (ours.batch_norm, F.batch_norm):
        mean, var = rand(shape[1], seed=4), rand(shape[1], seed=5).exp()
        for seed in range(3):
            function(rand(*shape, seed=seed, shift=2), mean, var, training=True, momentum=momentum)
        kept.append((mean, var))
    torch.testing.assert_close(*kept, **TOLERANCE)


@pytest.mark.parametrize("shape", [*BATCHES, (1, 3)])
@pytest.mark.parametrize(("weight", "bias"), AFFINE)
@pytest.mark.parametrize("eps", [0.0, 1e-5])
def test_batch_norm_in_evaluation(shape, weight, bias, eps):
    mean, var = rand(shape[1], seed=4), rand(shape[1], seed=5).exp()
    parameters = affine(shape[1:2], weight, bias)

    def call(function):
        return lambda x, w, b: function(x, mean, var, w, b, eps=eps)

    assert_same(call(ours.batch_norm), call(F.batch_norm), rand(*shape, shift=3), *parameters)
    torch.testing.assert_close(mean, rand(shape[1], seed=4), rtol=0, atol=0)


LAYERS = [
    ((4, 5), (5,)),
    ((2, 3, 4), (4,)),
    ((2, 3, 4), (3, 4)),
    ((5,), (5,)),
    ((3, 1), (1,)),
    ((0, 3), (3,)),
    ((2, 0), (0,)),
]


@pytest.mark.parametrize(("shape", "normalized_shape"), LAYERS)
@pytest.mark.parametrize(("weight", "bias"), AFFINE)
def test_layer_norm(shape, normalized_shape, weight, bias):
    def call(function):
        return lambda x, w, b: function(x, normalized_shape, w, b, 1e-3)

    assert_same(
        call(ours.layer_norm), call(F.layer_norm), rand(*shape, shift=2), *affine(normalized_shape, weight, bias)
    )


@pytest.mark.parametrize(("shape", "normalized_shape"), LAYERS)
@pytest.mark.parametrize("weight", [True, False])
@pytest.mark.parametrize("eps", [None, 1e-3])
def test_rms_norm(shape, normalized_shape, weight, eps):
    def call(function):
        return lambda x, w: function(x, normalized_shape, w, eps)

    parameter, _ = affine(normalized_shape, weight, False)
    assert_same(call(ours.rms_norm), call(F.rms_norm), rand(*shape, shift=2), parameter)


@pytest.mark.parametrize(
    ("shape", "groups"),
    [((3, 6), 2), ((2, 6, 5), 3), ((2, 4, 3, 2), 4), ((2, 4, 3, 2), 1), ((0, 4, 3), 2), ((1, 4), 2)],
)
@pytest.mark.parametrize(("weight", "bias"), [(True, True), (True, False), (False, False)])  # torch has no β alone
def test_group_norm(shape, groups, weight, bias):
    def call(function):
        return lambda x, w, b: function(x, groups, w, b, 1e-3)

    assert_same(call(ours.group_norm), call(F.group_norm), rand(*shape, shift=2), *affine(shape[1:2], weight, bias))


def test_group_norm_has_instance_and_layer_norm_as_ends():
    x = rand(2, 6, 4, 5)
    torch.testing.assert_close(ours.group_norm(x, 6), F.instance_norm(x), **TOLERANCE)
    torch.testing.assert_close(ours.group_norm(x, 1), F.layer_norm(x, x.shape[1:]), **TOLERANCE)


@pytest.mark.parametrize("scale", [1e-8, 1e8])
@pytest.mark.parametrize("shift", [0.0, 1e6])
def test_tiny_large_and_far_inputs(scale, shift):
    """A mean of 1e6 standard deviations costs six digits, in torch as here."""
    x = rand(64, 5, scale=scale, shift=shift * scale)
    tolerance = {"rtol": 1e-7, "atol": 1e-8}

    def call(function):
        return lambda x: scale * function(x, None, None, training=True, eps=1e-5 * scale**2)

    assert_same(call(ours.batch_norm), call(F.batch_norm), x, **tolerance)


def test_not_a_number_stays_in_its_channel():
    x = rand(4, 3)
    x[1, 2] = math.nan
    y = ours.batch_norm(x, None, None, training=True)
    assert y[:, 2].isnan().all() and not y[:, :2].isnan().any()


def test_float32_and_other_layouts_of_memory():
    x = rand(4, 3, 5, 2).float()
    reference = F.batch_norm(x, None, None, training=True)
    for view in (x, x.contiguous(memory_format=torch.channels_last), x.transpose(2, 3).contiguous().transpose(2, 3)):
        y = ours.batch_norm(view, None, None, training=True)
        assert y.dtype == torch.float32
        torch.testing.assert_close(y, reference)


@pytest.mark.parametrize(
    "call",
    [
        lambda x, w, b: ours.batch_norm(x, None, None, w, b, training=True),
        lambda x, w, b: ours.layer_norm(x, (4,), w, b),
        lambda x, w, b: ours.group_norm(x, 2, w, b),
        lambda x, w, b: ours.rms_norm(x, (4,), w) + b,
    ],
)
def test_gradcheck(call):
    inputs = [rand(5, 4, shift=1), rand(4, seed=2), rand(4, seed=3)]
    assert gradcheck(call, [x.requires_grad_() for x in inputs], raise_exception=True)


def test_second_derivatives_are_refused():
    x = rand(4, 3).requires_grad_()
    for output in (ours.batch_norm(x, None, None, training=True), ours.rms_norm(x, (3,))):
        with pytest.raises(NotImplementedError, match="second derivatives"):
            torch.autograd.grad(output[0, 0], x, create_graph=True)


# Modules


MODULES = [
    ("BatchNorm1d", (3,), {}, (6, 3)),
    ("BatchNorm1d", (3,), {"eps": 0.1, "momentum": 0.3}, (4, 3, 5)),
    ("BatchNorm1d", (3,), {"momentum": None}, (6, 3)),
    ("BatchNorm1d", (3,), {"affine": False}, (6, 3)),
    ("BatchNorm1d", (3,), {"track_running_stats": False}, (6, 3)),
    ("BatchNorm1d", (3,), {"track_running_stats": False, "momentum": None}, (6, 3)),
    ("BatchNorm2d", (3,), {}, (2, 3, 4, 5)),
    ("BatchNorm2d", (3,), {"affine": False, "track_running_stats": False}, (2, 3, 4, 5)),
    ("LayerNorm", (5,), {}, (2, 3, 5)),
    ("LayerNorm", ([3, 5],), {"eps": 0.1}, (2, 3, 5)),
    ("LayerNorm", (5,), {"bias": False}, (2, 3, 5)),
    ("LayerNorm", (5,), {"elementwise_affine": False}, (2, 3, 5)),
    ("GroupNorm", (2, 4), {}, (3, 4, 5)),
    ("GroupNorm", (2, 4), {"affine": False, "eps": 0.1}, (3, 4, 5)),
    ("RMSNorm", (5,), {}, (2, 3, 5)),
    ("RMSNorm", ([3, 5],), {"eps": 0.1}, (2, 3, 5)),
    ("RMSNorm", (5,), {"elementwise_affine": False}, (2, 3, 5)),
]


@pytest.mark.parametrize(("name", "arguments", "options", "shape"), MODULES)
def test_modules_are_torchs(name, arguments, options, shape):
    """Some steps of training and evaluation in turn, then the state goes from one module to the other."""
    mine, theirs = (getattr(place, name)(*arguments, **options, dtype=torch.float64) for place in (ours, nn))
    assert list(mine.state_dict()) == list(theirs.state_dict())
    torch.testing.assert_close(dict(mine.state_dict()), dict(theirs.state_dict()))
    optimizers = [torch.optim.SGD([*module.parameters(), rand(2)], lr=0.1) for module in (mine, theirs)]
    for step, training in enumerate((True, True, False, True, False)):
        grads = []
        for module, optimizer in zip((mine, theirs), optimizers, strict=True):
            module.train(training)
            x = rand(*shape, seed=step, shift=step).requires_grad_()
            optimizer.zero_grad()
            (rand(*shape, seed=9) * module(x)).sum().backward()
            optimizer.step()
            grads.append(x.grad)
        torch.testing.assert_close(*grads, **TOLERANCE)
        torch.testing.assert_close(dict(mine.state_dict()), dict(theirs.state_dict()), **TOLERANCE)
    fresh = getattr(ours, name)(*arguments, **options, dtype=torch.float64)
    fresh.load_state_dict(theirs.state_dict())
    torch.testing.assert_close(fresh.eval()(rand(*shape)), theirs.eval()(rand(*shape)), **TOLERANCE)
    theirs.load_state_dict(fresh.state_dict())


@pytest.mark.parametrize("name", ["BatchNorm1d", "GroupNorm"])
def test_without_bias(name):
    module = getattr(ours, name)(*([4] if name == "BatchNorm1d" else [2, 4]), bias=False)
    assert "bias" not in module.state_dict() and module.bias is None
    assert module(rand(6, 4).float()).shape == (6, 4)


def test_cumulative_average_is_the_mean_over_the_batches():
    layer = ours.BatchNorm1d(3, momentum=None, dtype=torch.float64)
    batches = [rand(5, 3, seed=seed, shift=seed) for seed in range(4)]
    for batch in batches:
        layer(batch)
    torch.testing.assert_close(layer.running_mean, torch.stack([b.mean(0) for b in batches]).mean(0), **TOLERANCE)
    torch.testing.assert_close(layer.running_var, torch.stack([b.var(0) for b in batches]).mean(0), **TOLERANCE)


def test_modules_say_what_they_are():
    assert "3, eps=1e-05, momentum=0.1, affine=True" in repr(ours.BatchNorm2d(3))
    assert repr(ours.GroupNorm(2, 4)).startswith("GroupNorm(2, 4, eps=1e-05")


# Folding


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("affine", [True, False])
@pytest.mark.parametrize("kind", ["linear", "conv1d", "conv2d"])
def test_folding(kind, bias, affine):
    layer = {
        "linear": lambda: nn.Linear(4, 3, bias=bias),
        "conv1d": lambda: nn.Conv1d(4, 3, 2, bias=bias),
        "conv2d": lambda: nn.Conv2d(4, 6, 3, padding=1, stride=2, groups=2, bias=bias),
    }[kind]().double()
    bn = {"conv2d": ours.BatchNorm2d}.get(kind, ours.BatchNorm1d)(len(layer.weight), affine=affine).double()
    x = {"linear": rand(5, 4), "conv1d": rand(5, 4, 6), "conv2d": rand(2, 4, 5, 7)}[kind]
    with torch.no_grad():
        for parameter in bn.parameters():
            parameter.copy_(rand(*parameter.shape, seed=5))
    for seed in range(3):
        bn(layer(x + seed))
    layer.eval(), bn.eval()
    fused = ours.fuse_bn_(copy.deepcopy(layer), bn)
    torch.testing.assert_close(fused(x), bn(layer(x)), **TOLERANCE)
    torchs = nn.BatchNorm1d(bn.num_features, affine=affine).double().eval()
    torchs.load_state_dict(bn.state_dict())
    if kind != "linear" or affine:  # torch's fusion of a linear layer needs γ and β
        reference = (fusion.fuse_linear_bn_eval if kind == "linear" else fusion.fuse_conv_bn_eval)(layer, torchs)
        torch.testing.assert_close(dict(fused.state_dict()), dict(reference.state_dict()), **TOLERANCE)


# Messages


@pytest.fixture
def no_annotation_checks():
    """The functions' own messages, as a reader meets them, not those of the checker that runs in tests."""
    jaxtyping.config.update("jaxtyping_disable", True)
    yield
    jaxtyping.config.update("jaxtyping_disable", False)


X = torch.zeros(4, 3)
LINEAR, NORM = nn.Linear(3, 3).eval(), ours.BatchNorm1d(3).eval()


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: ours.batch_norm(X.long(), None, None, training=True), TypeError, "got torch.int64; convert"),
        (lambda: ours.batch_norm(X[0], None, None, training=True), ValueError, r"got shape \(3,\)"),
        (lambda: ours.batch_norm(X, None, None), ValueError, "set training=True"),
        (lambda: ours.batch_norm(X[:1], None, None, training=True), ValueError, r"more than 1 value .* \(1, 3\)"),
        (lambda: ours.batch_norm(X, None, None, training=True, eps=0.0), ValueError, "eps must be positive"),
        (lambda: ours.batch_norm(X, None, None, training=True, weight=X[0, :2]), ValueError, r"3 channels, .* \(2,\)"),
        (lambda: ours.batch_norm(X, X[:, 0], X[0]), ValueError, r"running_mean .* got shape \(4,\)"),
        (lambda: ours.BatchNorm1d(3)(X[:1]), ValueError, "use layer_norm"),
        (lambda: ours.BatchNorm1d(3)(torch.zeros(2, 3, 4, 5)), ValueError, "BatchNorm1d takes an input of 2 or 3"),
        (lambda: ours.BatchNorm2d(3)(X), ValueError, r"BatchNorm2d takes an input of 4 dimensions, got shape \(4, 3\)"),
        (lambda: ours.layer_norm(X, (4,)), ValueError, r"must end in normalized_shape \(4,\), got shape \(4, 3\)"),
        (lambda: ours.layer_norm(X, ()), ValueError, r"normalized_shape \(\)"),
        (lambda: ours.layer_norm(X, (3,), weight=X), ValueError, r"weight must have normalized_shape \(3,\)"),
        (lambda: ours.rms_norm(X, (3,), weight=X), ValueError, r"weight must have normalized_shape \(3,\)"),
        (lambda: ours.rms_norm(X.int(), (3,)), TypeError, "got torch.int32"),
        (lambda: ours.group_norm(X, 2), ValueError, "3, must be a multiple of num_groups, got 2"),
        (lambda: ours.group_norm(X[:1], 3), ValueError, "more than 1 value"),
        (lambda: ours.GroupNorm(0, 3), ValueError, "got 0"),
        (lambda: ours.fuse_bn_(nn.Linear(3, 3), NORM), ValueError, r"evaluation mode \(.eval\(\)\)"),
        (lambda: ours.fuse_bn_(nn.Linear(3, 2).eval(), NORM), ValueError, "2 outputs, bn normalises 3"),
        (
            lambda: ours.fuse_bn_(LINEAR, ours.BatchNorm1d(3, track_running_stats=False).eval()),
            ValueError,
            "no running statistics",
        ),
    ],
)
def test_bad_input_is_refused_with_the_remedy(no_annotation_checks, call, error, message):
    with pytest.raises(error, match=message):
        call()


# Experiments


def test_sweep_trains_every_kind():
    """The recorded experiment's code on the embedded digits: all kinds learn, and the series have their shapes."""
    from dlnotes.experiments.normalization import smoke

    run = smoke()
    for norm in run.config["norms"]:
        loss = run.array(f"{norm}_loss")
        assert loss.shape == (2, 2, 3) and run.array(f"{norm}_test_accuracy").shape == (2, 2)
        assert (loss[..., -1].min(1) < loss[..., 0].min(1)).all(), norm
    np.testing.assert_allclose(run.array("gamma").sum(1), 1, atol=1e-6)
    np.testing.assert_allclose(run.array("beta").sum(1), 1, atol=1e-6)


@pytest.mark.parametrize("norm", ["none", "batch", "layer"])
def test_networks_side_by_side_train_as_torchs(norm):
    """Two learning rates of two seeds at once, against one torch network for each of the four."""
    from dlnotes.experiments.normalization import Networks

    sizes, lrs, seeds = [5, 4, 4, 3], torch.tensor([0.1, 0.4]), (0, 1)
    networks = Networks(norm, sizes, len(lrs), seeds, "cpu")
    singles = [_single(norm, networks, k) for k in range(4)]
    for step in range(3):
        x, y = rand(2, 8, 5, seed=step).float(), torch.randint(3, (2, 8), generator=torch.Generator().manual_seed(step))
        networks.step(x, y, lrs)
        for k, single in enumerate(singles):
            optimizer = torch.optim.SGD(single.parameters(), lr=lrs[k // 2].item())
            F.cross_entropy(single(x[k % 2]), y[k % 2]).backward()
            optimizer.step()
            optimizer.zero_grad()
    test = rand(6, 5, seed=9).float()
    logits, _ = networks.forward(test.expand(4, 6, 5))
    for k, single in enumerate(singles):
        torch.testing.assert_close(single.eval()(test), logits[k], rtol=1e-4, atol=1e-5)


def _single(norm, networks, k):
    """One of the networks, of torch's layers."""
    layers = []
    for level, (weight, bias) in enumerate(zip(networks.weights, networks.biases, strict=True)):
        linear = nn.Linear(weight.shape[2], weight.shape[1])
        linear.weight.data.copy_(weight[k])
        linear.bias.data.copy_(bias[k, 0])
        layers.append(linear)
        if level < len(networks.weights) - 1:
            width = weight.shape[1]
            layers += {"none": [], "batch": [nn.BatchNorm1d(width)], "layer": [nn.LayerNorm(width)]}[norm]
            layers.append(nn.ReLU())
    return nn.Sequential(*layers)


def test_batch_sizes_and_population_statistics():
    from dlnotes.experiments.normalization import Networks
    from dlnotes.experiments.normalization_batch import smoke, take_population_statistics

    run = smoke()
    for name in ("batch", "population", "layer"):
        assert run.array(f"{name}_accuracy").shape == (2, 2) and run.array(f"{name}_lr").shape == (2,)
    networks, x = Networks("batch", [5, 4, 3], 1, (0, 1), "cpu"), rand(50, 5).float()
    take_population_statistics(networks, x)
    z = torch.einsum("nd,kud->kun", x, networks.weights[0])
    torch.testing.assert_close(networks.running[0][0].view(2, 4), z.mean(2).detach(), rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(networks.running[0][1].view(2, 4), z.var(2).detach(), rtol=1e-4, atol=1e-5)


def test_folding_is_timed():
    from dlnotes.experiments.normalization_folding import smoke

    run = smoke()
    assert run.array("two_ms").shape == (2, 2) and (run.array("one_ms") > 0).all()


@pytest.mark.parametrize("name", ["normalization", "normalization_batch", "normalization_folding"])
def test_records_are_those_of_the_page(name):
    from dlnotes import runs

    run = runs.load(name)
    assert runs.fresh(run), f"train it again: python -m dlnotes train {name}"
    assert len(run.seeds) == 5
    assert run.config.get("dataset", "fashion_mnist") == "fashion_mnist"


def test_penguins_condition_numbers():
    from dlnotes.experiments.normalization_penguins import smoke

    run = smoke()
    features = torch.tensor(run.array("features"))
    for name, x in (("raw", features), ("standardised", (features - features.mean(0)) / features.std(0))):
        assert run.mean(f"{name}_kappa") == pytest.approx(torch.linalg.cond(torch.cov(x.T)).item(), rel=1e-6)
        distance = np.linalg.norm(run.array(f"{name}_points") - run.array(f"{name}_best"), axis=1)
        assert distance[-1] < distance[0]
