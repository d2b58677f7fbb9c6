"""Blocks, networks and gradient norms of the chapter, against torch's functions and by their laws."""

import math
from itertools import pairwise

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional as F

from dlnotes import experiments, runs
from dlnotes.residual_learning import (
    BasicBlock,
    PaddedShortcut,
    PlainBlock,
    PreActBlock,
    gradient_norms,
    he_normal_,
    jacobian_bound,
    projection_shortcut,
    resnet,
    zero_init_residual_,
)

BLOCKS = (PlainBlock, BasicBlock, PreActBlock)
SHORTCUTS = (projection_shortcut, PaddedShortcut)


def normal(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def randomise(module, seed):
    """Random parameters in float64, so that neither scale 1 nor shift 0 of a normalisation hides anything."""
    module.double()
    for i, parameter in enumerate(module.parameters()):
        parameter.data = 0.5 * normal(*parameter.shape, seed=100 * seed + i)
    return module


def batch_norm(x, layer):
    return F.batch_norm(x, None, None, layer.weight, layer.bias, training=True)


def by_functions(block, x):
    """The block, written once more with torch's functions."""
    stride, conv1, conv2 = block.conv1.stride, block.conv1.weight, block.conv2.weight
    groups = block.conv1.groups

    def shortcut(x):
        if isinstance(block.shortcut, nn.Identity):
            return x
        if isinstance(block.shortcut, PaddedShortcut):
            kept = F.max_pool2d(x, 1, stride)
            out = torch.zeros(len(x), len(conv2), *kept.shape[2:], dtype=x.dtype)
            new, old = len(conv2) // groups, x.shape[1] // groups
            for group in range(groups):
                out[:, group * new : group * new + old] = kept[:, group * old : (group + 1) * old]
            return out
        return batch_norm(F.conv2d(x, block.shortcut[0].weight, None, stride, groups=groups), block.shortcut[1])

    if isinstance(block, PreActBlock):
        h = F.conv2d(F.relu(batch_norm(x, block.bn1)), conv1, None, stride, 1, groups=groups)
        return shortcut(x) + F.conv2d(F.relu(batch_norm(h, block.bn2)), conv2, None, 1, 1, groups=groups)
    h = F.relu(batch_norm(F.conv2d(x, conv1, None, stride, 1, groups=groups), block.bn1))
    h = batch_norm(F.conv2d(h, conv2, None, 1, 1, groups=groups), block.bn2)
    return F.relu(shortcut(x) + h) if isinstance(block, BasicBlock) else F.relu(h)


# ---- Blocks


@given(
    block=st.sampled_from(BLOCKS),
    shortcut=st.sampled_from(SHORTCUTS),
    channels=st.integers(1, 3),
    extra=st.integers(0, 3),
    stride=st.integers(1, 2),
    groups=st.integers(1, 3),
    size=st.tuples(st.integers(2, 4), st.integers(2, 5), st.integers(3, 5)),
    seed=st.integers(0, 99),
)
@settings(max_examples=30, deadline=None)
def test_blocks_equal_torchs_functions_forward_and_backward(
    block, shortcut, channels, extra, stride, groups, size, seed
):
    options = {} if block is PlainBlock else {"shortcut": shortcut}
    inputs, outputs = groups * channels, groups * (channels + extra)
    module = randomise(block(inputs, outputs, stride, groups, **options), seed)
    x = normal(size[0], inputs, *size[1:], seed=seed).requires_grad_()
    ours, theirs = module(x), by_functions(module, x)
    torch.testing.assert_close(ours, theirs, rtol=1e-10, atol=1e-10)
    direction = normal(*ours.shape, seed=seed + 1)
    parameters = [x, *module.parameters()]
    for a, b in zip(*(torch.autograd.grad((y * direction).sum(), parameters) for y in (ours, theirs)), strict=True):
        torch.testing.assert_close(a, b, rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("block", BLOCKS)
def test_a_block_in_evaluation_mode_treats_samples_one_by_one(block):
    module = randomise(block(4, 6, 2), 3)
    x = normal(5, 4, 6, 7)
    module(x)  # moves the running statistics
    module.eval()
    torch.testing.assert_close(module(x), torch.cat([module(sample) for sample in x.split(1)]))


def test_an_empty_batch_passes_in_evaluation_mode():
    for block in BLOCKS:
        assert block(2, 4, 2).eval()(torch.zeros(0, 2, 6, 6)).shape == (0, 4, 3, 3)


@pytest.mark.parametrize("shortcut", SHORTCUTS)
def test_shortcut_is_the_identity_where_shapes_agree(shortcut):
    x = normal(2, 3, 4, 5)
    assert torch.equal(shortcut(3, 3)(x), x)


def test_a_zero_branch_leaves_relu_of_the_input_in_version_1_and_the_input_in_version_2():
    x = normal(3, 4, 5, 5)
    v1, v2 = (zero_init_residual_(randomise(block(4, 4), 1)) for block in (BasicBlock, PreActBlock))
    nn.init.zeros_(v1.bn2.bias)
    assert torch.equal(v1(x), torch.relu(x))
    assert not torch.equal(v1(x), x)
    assert torch.equal(v2(x), x)


def test_zeros_cannot_remove_channels():
    with pytest.raises(ValueError, match="cannot turn 4 channels into 2; use a projection"):
        PaddedShortcut(4, 2)


def test_a_shift_before_normalisation_is_removed_so_that_convolutions_need_no_bias():
    x, bias = normal(6, 3, 4, 4), normal(3)
    shifted = x + bias.view(1, 3, 1, 1)
    torch.testing.assert_close(
        *(F.batch_norm(images, None, None, training=True) for images in (x, shifted)), rtol=1e-10, atol=1e-10
    )


# ---- Networks


@pytest.mark.parametrize("block", BLOCKS)
@pytest.mark.parametrize("depth", [8, 14, 20])
def test_depth_counts_the_layers_with_weights_without_projections(block, depth):
    network = resnet(depth, block, width=2)
    convolutions = [m for m in network.modules() if isinstance(m, nn.Conv2d)]
    projections = [m for m in convolutions if m.kernel_size == (1, 1) and m.out_channels != 10]
    assert len(convolutions) - len(projections) == depth
    assert len(projections) == (0 if block is PlainBlock else 2)


def test_parameters_are_as_many_as_he_et_al_count():
    """Table 6 of the paper: 0.27, 0.46, 0.66, 0.85 and 1.7 million, with shortcuts that have none."""
    for depth, millions in ((20, 0.27), (32, 0.46), (44, 0.66), (56, 0.85), (110, 1.7)):
        network = resnet(depth, PlainBlock, in_channels=3, width=16)
        count = sum(parameter.numel() for parameter in network.parameters())
        digits = 1 if millions > 1 else 2
        assert round(count / 1e6, digits) == pytest.approx(millions, abs=1.001 * 10**-digits)


def test_stages_halve_the_size_and_double_the_channels():
    network, shapes = resnet(8, BasicBlock, width=3), []
    for block in (layer for layer in network if isinstance(layer, BasicBlock)):
        block.register_forward_hook(lambda _, __, y: shapes.append(tuple(y.shape)))
    network(torch.zeros(2, 1, 12, 16))
    assert shapes == [(2, 3, 12, 16), (2, 6, 6, 8), (2, 12, 3, 4)]


@pytest.mark.parametrize("block", BLOCKS)
def test_groups_are_independent_networks_side_by_side(block):
    def generators(*seeds):
        return [torch.Generator().manual_seed(seed) for seed in seeds]

    together = he_normal_(resnet(8, block, in_channels=2, width=3, num_classes=4, groups=3), generators(5, 6, 7))
    alone = [he_normal_(resnet(8, block, in_channels=2, width=3, num_classes=4), generators(s)) for s in (5, 6, 7)]
    x = torch.randn(4, 6, 8, 8, generator=torch.Generator().manual_seed(0))
    expected = torch.cat([network(part) for network, part in zip(alone, x.chunk(3, dim=1), strict=True)], dim=1)
    torch.testing.assert_close(together(x), expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("depth", [2, 7, 10, 57, -4])
def test_other_depths_are_refused(depth):
    with pytest.raises(ValueError, match=f"depth must be 6n \\+ 2 .* got {depth}"):
        resnet(depth)


def test_weights_have_the_variance_2_over_fan_in_and_groups_need_a_generator_each():
    network = he_normal_(resnet(8, width=32), [torch.Generator().manual_seed(0)])
    for conv in (module for module in network.modules() if isinstance(module, nn.Conv2d)):
        fan_in = conv.weight[0].numel()
        deviations = 4 / math.sqrt(2 * conv.weight.numel())  # four standard errors of a standard deviation
        assert conv.weight.std().item() == pytest.approx((2 / fan_in) ** 0.5, rel=deviations)
    with pytest.raises(ValueError, match="1 generators for a network of 2 groups"):
        he_normal_(resnet(8, width=2, groups=2), [torch.Generator()])


@pytest.mark.parametrize("block", [BasicBlock, PreActBlock])
def test_zero_branches_leave_a_network_of_its_shortcuts(block):
    network = zero_init_residual_(resnet(20, block, width=2)).eval()
    blocks = [layer for layer in network if isinstance(layer, block)]
    x = torch.relu(torch.randn(2, 2, 8, 8, generator=torch.Generator().manual_seed(0)))
    expected = x
    for layer in blocks:
        expected = layer.shortcut(expected)
        x = layer(x)
        if block is BasicBlock:
            expected = torch.relu(expected)
    torch.testing.assert_close(x, expected)


# ---- Gradient norms


def test_gradient_norms_are_those_of_the_product_of_jacobians():
    weights = [normal(4, 3, seed=1), normal(5, 4, seed=2), normal(2, 5, seed=3)]
    layers = [lambda h, w=w: torch.tanh(w @ h) for w in weights]
    x, top = normal(3), normal(2, seed=9)
    norms = gradient_norms(layers, x, lambda h: h @ top)
    assert norms.shape == (4,)
    product = torch.autograd.functional.jacobian(lambda h: layers[2](layers[1](layers[0](h))), x)
    torch.testing.assert_close(norms[0], (product.T @ top).norm())
    torch.testing.assert_close(norms[-1], top.norm())


@given(sizes=st.lists(st.integers(1, 5), min_size=2, max_size=6), seed=st.integers(0, 999))
@settings(max_examples=50, deadline=None)
def test_the_bound_holds(sizes, seed):
    weights = [normal(b, a, seed=seed + i) for i, (a, b) in enumerate(pairwise(sizes))]
    for activation, slope in ((torch.sigmoid, 0.25), (torch.tanh, 1.0), (torch.relu, 1.0)):
        layers = [lambda h, w=w, f=activation: f(w @ h) for w in weights]
        norms = gradient_norms(layers, normal(sizes[0], seed=seed), lambda h: (h * normal(*h.shape, seed=7)).sum())
        assert norms[0] <= (1 + 1e-9) * jacobian_bound(weights, slope) * norms[-1]


def test_the_bound_is_reached_by_orthogonal_layers():
    weights = [2 * torch.linalg.qr(normal(4, 4, seed=i)).Q for i in range(5)]
    norms = gradient_norms([lambda h, w=w: w @ h for w in weights], normal(4), lambda h: h.sum())
    torch.testing.assert_close(norms[0] / norms[-1], jacobian_bound(weights))


def test_bad_bounds_are_refused():
    with pytest.raises(ValueError, match="weights is empty"):
        jacobian_bound([])
    with pytest.raises(ValueError, match="must not be negative, got -1"):
        jacobian_bound([torch.eye(2)], slope=-1.0)


# ---- The records, and what the page says of them

RECORDS = [name for name in experiments.names() if name.startswith("residual_learning")]


@pytest.mark.parametrize("name", RECORDS)
def test_the_record_is_of_todays_code_and_of_five_seeds(name):
    recorded = runs.load(name)
    assert runs.fresh(recorded), f"run it again: python -m dlnotes train {name}"
    assert len(recorded.seeds) >= 5


def test_deeper_plain_networks_have_a_higher_training_error_and_version_2_has_not():
    run = runs.load("residual_learning")
    plain, v1, v2 = ([run.result(f"{kind}_{d}_train_error") for d in (8, 20, 32, 56)] for kind in ("plain", "v1", "v2"))
    for shallow, deep in pairwise(plain):
        assert deep.min() > shallow.max()
    assert v1[3].min() > v1[1].max()
    assert v1[3].max() < plain[3].min()
    assert max(errors.mean() for errors in v2[1:]) < v2[0].mean()


def test_gradients_of_the_plain_network_explode_and_do_not_vanish():
    run = runs.load("residual_learning")
    plain, v1, v2 = (run.array(f"{kind}_gradient") for kind in ("plain", "v1", "v2"))
    ratios = [(norms[:, 0] / norms[:, -1]).mean() for norms in (plain, v1, v2)]
    assert ratios[0] > 1000
    assert 10 < ratios[2] < ratios[1] < 100


def test_ten_layers_of_sigmoids_do_not_learn_and_tanh_is_as_good_as_relu():
    run = runs.load("residual_learning_activation")
    assert run.result("sigmoid_loss") == pytest.approx(math.log(10), abs=0.01)
    tanh, relu = run.result("tanh_loss"), run.result("relu_loss")
    assert abs(tanh.mean() - relu.mean()) < max(tanh.std(), relu.std())


def test_normalisation_reaches_a_lower_loss_and_noise_behind_it_costs_most_of_the_gain():
    run = runs.load("residual_learning_smoothness")
    none, bn, noisy = (run.result(f"{way}_loss") for way in ("none", "bn", "noisy"))
    assert bn.max() < none.min()
    assert none.mean() - noisy.mean() < 0.5 * (none.mean() - bn.mean())
    changes = [run.array(f"{way}_loss_change").mean(axis=0) for way in ("none", "bn")]
    assert changes[0][0] < changes[1][0]  # at the start
    assert changes[0][-5:].mean() > 5 * changes[1][-5:].mean()


def test_without_normalisation_only_branches_of_zero_stand_56_layers():
    run = runs.load("residual_learning_unnormalised")
    plain, residual, zero = (run.result(f"{kind}_56_train_error") for kind in ("plain", "residual", "zero"))
    assert plain.min() > 0.85
    assert (residual > 0.85).sum() > len(residual) / 2
    assert zero.max() < 0.3


def test_version_2_gets_going_at_110_layers_and_so_does_version_1_with_branches_of_zero():
    run = runs.load("residual_learning_preactivation")
    errors = {key: run.result(f"{key}_train_error") for key in ("v1_he", "v2_he", "v1_zero", "v2_zero")}
    assert errors["v1_he"].min() > errors["v2_he"].max()
    assert errors["v1_zero"].mean() == pytest.approx(errors["v2_he"].mean(), abs=0.03)
    assert errors["v2_zero"].max() < errors["v2_he"].min()
