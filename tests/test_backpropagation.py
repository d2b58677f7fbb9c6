"""The chapter's network and its reverse mode against torch's autograd."""

import math
from itertools import pairwise

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from dlnotes import runs
from dlnotes.backpropagation import (
    IDENTITY,
    RELU,
    SIGMOID,
    TANH,
    Node,
    backpropagate,
    backward,
    error_signals,
    forward,
    he_normal,
    mean_cross_entropy,
    numerical_gradient,
    sgd_step,
    tiny_network,
    topological_order,
)
from dlnotes.experiments import backpropagation as experiment
from dlnotes.experiments import backpropagation_cost as cost_experiment

ACTIVATIONS = {"sigmoid": SIGMOID, "tanh": TANH, "relu": RELU, "identity": IDENTITY}
TORCH = {"sigmoid": torch.sigmoid, "tanh": torch.tanh, "relu": torch.relu, "identity": lambda z: z}


def random_network(sizes, samples, seed, seeds=()):
    """Samples, soft targets and parameters in float64 that autograd follows."""
    generator = torch.Generator().manual_seed(seed)

    def normal(*shape):
        return torch.randn(*seeds, *shape, generator=generator, dtype=torch.float64)

    x = normal(samples, sizes[0])
    y = normal(samples, sizes[-1]).softmax(-1)
    weights = [normal(o, i).requires_grad_() for i, o in pairwise(sizes)]
    biases = [normal(o).requires_grad_() for o in sizes[1:]]
    return x, y, weights, biases


def torch_loss(x, y, weights, biases, activation):
    """The same network by torch.nn.functional, nothing of dlnotes."""
    for weight, bias in zip(weights[:-1], biases[:-1], strict=True):
        x = activation(F.linear(x, weight, bias))
    return F.cross_entropy(F.linear(x, weights[-1], biases[-1]), y)


@pytest.mark.parametrize("name", ACTIVATIONS)
@given(sizes=st.lists(st.integers(1, 7), min_size=2, max_size=6), samples=st.integers(1, 5), seed=st.integers(0, 10**6))
@settings(max_examples=25, deadline=None)
def test_gradients_equal_autograd(name, sizes, samples, seed):
    x, y, weights, biases = random_network(sizes, samples, seed)
    loss = torch_loss(x, y, weights, biases, TORCH[name])
    expected = torch.autograd.grad(loss, [*weights, *biases])
    with torch.no_grad():
        outputs = forward(x, weights, biases, ACTIVATIONS[name])
        weight_grads, bias_grads = backward(outputs, y, weights, ACTIVATIONS[name])
    torch.testing.assert_close(mean_cross_entropy(outputs[-1], y), loss.detach(), rtol=1e-12, atol=1e-12)
    for ours, theirs in zip([*weight_grads, *bias_grads], expected, strict=True):
        assert (ours - theirs).abs().max() <= 1e-12 * max(1.0, theirs.abs().max())


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_error_signals_are_gradients_by_the_preactivations(name):
    x, y, weights, biases = random_network([5, 4, 6, 3], 7, 0)
    zs, a = [], x
    for layer, (weight, bias) in enumerate(zip(weights, biases, strict=True), 1):
        zs.append(F.linear(a, weight, bias))
        a = TORCH[name](zs[-1]) if layer < 3 else zs[-1]
    expected = torch.autograd.grad(F.cross_entropy(a, y, reduction="sum"), zs)
    with torch.no_grad():
        deltas = error_signals(forward(x, weights, biases, ACTIVATIONS[name]), y, weights, ACTIVATIONS[name])
    for ours, theirs in zip(deltas, expected, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-12, atol=1e-12)


def test_leading_dimensions_hold_independent_networks():
    x, y, weights, biases = random_network([5, 4, 3], 6, 1, seeds=(2,))
    with torch.no_grad():
        weight_grads, bias_grads = backward(forward(x, weights, biases), y, weights)
        for seed in range(2):
            single = [w[seed] for w in weights], [b[seed] for b in biases]
            expected = backward(forward(x[seed], *single), y[seed], single[0])
            for stacked, one in zip([*weight_grads, *bias_grads], [*expected[0], *expected[1]], strict=True):
                torch.testing.assert_close(stacked[seed], one, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_derivatives_by_the_value_equal_autograd(name):
    z = torch.tensor([-40.0, -3.0, -1e-3, 0.0, 1e-3, 3.0, 40.0], dtype=torch.float64, requires_grad=True)
    a = TORCH[name](z)
    (expected,) = torch.autograd.grad(a.sum(), z)
    torch.testing.assert_close(ACTIVATIONS[name].derivative(a.detach()), expected, rtol=1e-12, atol=1e-15)


def test_extreme_logits_give_finite_gradients():
    x = torch.tensor([[1e4, -1e4]], dtype=torch.float64)
    weights, biases = [torch.eye(2, dtype=torch.float64)], [torch.zeros(2, dtype=torch.float64)]
    y = torch.tensor([[0.0, 1.0]], dtype=torch.float64)
    outputs = forward(x, weights, biases)
    assert mean_cross_entropy(outputs[-1], y).item() == 2e4
    assert backward(outputs, y, weights)[1][0].tolist() == [1.0, -1.0]


def test_an_empty_batch_runs_forward_and_is_refused_backward():
    x, y, weights, biases = random_network([3, 2], 0, 0)
    outputs = forward(x, weights, biases)
    assert outputs[-1].shape == (0, 2)
    with pytest.raises(ValueError, match=r"at least one sample, got shape \(0, 2\)"):
        backward(outputs, y, weights)


def test_bad_input_says_what_came_and_what_was_expected():
    x, y, weights, biases = random_network([3, 4, 2], 5, 0)
    with pytest.raises(ValueError, match=r"weight of layer 1 must have shape \(out, 3\), got \(3, 4\)"):
        forward(x, [weights[0].mT, weights[1]], biases)
    with pytest.raises(ValueError, match=r"bias of layer 2 must have 2 entries, one a unit, got shape \(4,\)"):
        forward(x, weights, [biases[0], biases[0]])
    with pytest.raises(ValueError, match="got 2 weights, 1 biases"):
        forward(x, weights, biases[:1])
    with pytest.raises(ValueError, match="got 0 weights, 0 biases"):
        forward(x, [], [])
    with pytest.raises(ValueError, match=r"shape of the logits \(5, 2\), got \(5, 1\).*one_hot"):
        backward(forward(x, weights, biases), y[:, :1], weights)


def test_sgd_step_equals_torch():
    generator = torch.Generator().manual_seed(0)
    start = torch.randn(3, 4, generator=generator, dtype=torch.float64)
    ours, velocity = start.clone(), torch.zeros_like(start)
    theirs = start.clone().requires_grad_()
    optimizer = torch.optim.SGD([theirs], lr=0.1, momentum=0.9)
    for _ in range(5):
        grad = torch.randn(3, 4, generator=generator, dtype=torch.float64)
        sgd_step([ours], [grad], [velocity], lr=0.1, momentum=0.9)
        theirs.grad = grad
        optimizer.step()
    torch.testing.assert_close(ours, theirs.detach(), rtol=1e-14, atol=0)


def test_he_normal_has_the_variance_it_states_and_repeats():
    weights, biases = he_normal([400, 300, 10], torch.Generator().manual_seed(0), torch.float64)
    assert weights[0].var().item() == pytest.approx(2 / 400, rel=0.02)
    assert all(not bias.any() for bias in biases)
    again, _ = he_normal([400, 300, 10], torch.Generator().manual_seed(0))
    assert again[1].dtype == torch.float32
    assert torch.equal(again[1], weights[1].float())


def test_numerical_gradient_equals_backward_on_the_tiny_network():
    x, y, weights, biases = tiny_network()
    before = weights[0].clone()
    estimate = numerical_gradient(
        lambda w: mean_cross_entropy(forward(x, [w, weights[1]], biases, SIGMOID)[-1], y), weights[0]
    )
    exact = backward(forward(x, weights, biases, SIGMOID), y, weights, SIGMOID)[0][0]
    assert (estimate - exact).abs().max() < 1e-10
    assert torch.equal(weights[0], before)


def test_numerical_gradient_refuses_what_it_cannot_do():
    with pytest.raises(TypeError, match=r"must be float64.*got torch\.float32"):
        numerical_gradient(lambda x: x.sum(), torch.zeros(2))
    with pytest.raises(ValueError, match=r"step must be positive, got 0\.0"):
        numerical_gradient(lambda x: x.sum(), torch.zeros(2, dtype=torch.float64), step=0.0)


@given(st.lists(st.tuples(st.sampled_from("+*etl"), st.integers(0, 50), st.integers(0, 50)), max_size=25))
@settings(max_examples=100, deadline=None)
def test_nodes_equal_autograd_on_random_graphs(program):
    """Straight-line programs whose operands are any earlier results, so that values are used many times."""
    ours = [Node(v) for v in (0.5, -0.7, 1.3)]
    theirs = [torch.tensor(n.value, dtype=torch.float64, requires_grad=True) for n in ours]
    for operation, i, j in program:
        i, j = i % len(ours), j % len(ours)
        if abs(ours[i].value) > 3 or abs(ours[j].value) > 3 or (operation == "l" and ours[i].value < 0.1):
            continue
        for values in (ours, theirs):
            a, b = values[i], values[j]
            results = {"+": lambda a=a, b=b: a + b, "*": lambda a=a, b=b: a * b}
            results |= {"e": a.exp, "t": a.tanh, "l": a.log}
            values.append(results[operation]())
    backpropagate(ours[-1])
    expected = torch.autograd.grad(theirs[-1], theirs[:3], allow_unused=True)
    for node, grad in zip(ours[:3], expected, strict=True):
        assert node.adjoint == pytest.approx(0.0 if grad is None else grad.item(), rel=1e-12, abs=1e-14)


def test_topological_order_puts_every_node_after_its_parents():
    x = Node(0.3)
    y = x
    for _ in range(2000):  # deeper than Python's recursion limit
        y = y * x + x.tanh()
    order = topological_order(y)
    position = {node: i for i, node in enumerate(order)}
    assert len(order) == len(set(order)) == 1 + 3 * 2000
    assert all(position[parent] < position[node] for node in order for parent, _ in node.parents)


def test_experiment_trains_both_networks_alike():
    run = experiment.smoke()
    for implementation in ("", "autograd_"):
        loss = run.array(f"{implementation}train_loss")
        assert loss.shape == (2, 3)
        assert (loss[:, -1] < 0.5 * loss[:, 0]).all()
        assert run.min(f"{implementation}test_accuracy") > 0.8
    assert 0 < run.max("weight_difference") < 1e-12  # not the same computation, yet the same weights


def test_record_keeps_what_the_page_says():
    run = runs.load("backpropagation")
    assert runs.fresh(run), "train it again: python -m dlnotes train backpropagation"
    assert run.config["dataset"] == "fashion_mnist"
    assert len(run.seeds) == 5
    assert run.min("test_accuracy") >= 0.88
    assert run.max("weight_difference") < 1e-10
    assert (run.array("test_accuracy")[:, -1] == run.result("test_accuracy")).all()


def test_every_way_to_the_gradient_is_timed():
    run = cost_experiment.smoke()
    assert run.array("backward_seconds").shape == run.array("forward_seconds").shape == (2, 2)
    assert (run.array("reverse_seconds") < run.array("central_seconds")).all()
    assert runs.fresh(runs.load("backpropagation_cost")), "train it again: python -m dlnotes train backpropagation_cost"


def test_backpropagating_twice_does_not_add_up():
    x = Node(2.0)
    y = x * x
    backpropagate(y)
    backpropagate(y)
    assert x.adjoint == 4.0
    assert math.isclose(y.value, 4.0)
