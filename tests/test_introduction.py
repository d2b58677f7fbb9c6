"""The introduction's learners, its attack, its interval and its costs; its figures' claims; its recorded runs."""

import math
from itertools import pairwise

import pytest
import torch
from torch.nn import functional as F

from dlnotes import introduction, runs
from dlnotes.introduction import (
    bootstrap_interval,
    convolution_cost,
    fast_gradient_sign,
    gini,
    grow_tree,
    linear_cost,
    multi_margin_loss,
)

EXPERIMENTS = ["", "_addition", "_baselines", "_depth", "_hardware", "_rings", "_scaling", "_seeds"]


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


# The attack


@pytest.mark.parametrize("seed", range(3))
def test_no_change_of_the_same_size_raises_a_linear_loss_more(seed):
    torch.manual_seed(seed)
    w, x = torch.randn(2, 5, dtype=torch.float64)
    moved = fast_gradient_sign(lambda x: w @ x, x, epsilon=0.3)
    corners = torch.cartesian_prod(*[torch.tensor([-0.3, 0.3], dtype=torch.float64)] * 5)
    assert torch.isclose(w @ moved, (w @ (x + corners).T).max())
    assert not moved.requires_grad


def test_attack_leaves_input_and_parameters_alone():
    layer, x = torch.nn.Linear(4, 2), torch.randn(3, 4)
    before = x.clone()
    fast_gradient_sign(lambda x: layer(x).sum(), x, epsilon=0.1)
    assert torch.equal(x, before) and layer.weight.grad is None


# The interval


def test_bootstrap_covers_the_mean_as_often_as_it_says():
    drawn = torch.randn(300, 40, generator=generator())
    intervals = [bootstrap_interval(values, level=0.9, resamples=400, generator=generator(1)) for values in drawn]
    covered = sum(low <= 0 <= high for low, high in intervals) / len(intervals)
    assert 0.83 < covered < 0.95


def test_students_quantiles_of_the_figure():
    """The table in the figures: 97.5 % of Student's density lies below."""
    from dlnotes.figures.introduction import T_QUANTILE

    for freedom, quantile in T_QUANTILE.items():
        t = torch.linspace(0, quantile, 100_001, dtype=torch.float64)
        log_density = torch.distributions.StudentT(torch.tensor(float(freedom), dtype=torch.float64)).log_prob(t)
        assert math.isclose(0.5 + torch.trapezoid(log_density.exp(), t), 0.975, abs_tol=2e-5)


# The classical learners


@pytest.mark.parametrize("margin", [1.0, 0.3])
def test_hinge_loss_is_torchs(margin):
    torch.manual_seed(0)
    scores = torch.randn(7, 4, dtype=torch.float64, requires_grad=True)
    target = torch.tensor([0, 3, 1, 1, 2, 0, 3])
    ours, theirs = multi_margin_loss(scores, target, margin), F.multi_margin_loss(scores, target, margin=margin)
    assert torch.isclose(ours, theirs, atol=1e-15)
    gradients = [torch.autograd.grad(loss, scores)[0] for loss in (ours, theirs)]
    torch.testing.assert_close(*gradients, atol=1e-15, rtol=0)


def test_gini_is_the_chance_that_two_samples_differ():
    counts = torch.tensor([[3.0, 1.0, 2.0], [0.0, 5.0, 0.0], [0.0, 0.0, 0.0]])
    labels = torch.tensor([0, 0, 0, 1, 2, 2])
    pairs = (labels[:, None] != labels).double().mean()
    torch.testing.assert_close(gini(counts), torch.tensor([pairs.item(), 0.0, 0.0]))


def test_best_split_is_the_best_of_all():
    torch.manual_seed(0)
    x, labels = torch.randn(30, 3).round(decimals=1), torch.randint(2, (30,))
    one_hot = F.one_hot(labels).float()
    impurity, feature, threshold = introduction.best_split(x, one_hot)

    def after(feature, threshold):
        sides = [one_hot[x[:, feature] <= threshold], one_hot[x[:, feature] > threshold]]
        return sum(gini(side.sum(0)).item() * len(side) for side in sides) / len(x)

    assert math.isclose(impurity, after(feature, threshold), abs_tol=1e-6)
    assert impurity <= min(after(j, t.item()) for j in range(3) for t in x[:, j]) + 1e-6


def test_a_deep_tree_knows_its_samples_and_a_shallow_one_their_shares():
    torch.manual_seed(0)
    x, labels = torch.randn(50, 4), torch.randint(3, (50,))
    one_hot = F.one_hot(labels, 3).float()
    assert torch.equal(grow_tree(x, one_hot, depth=50).predict(x), one_hot)
    torch.testing.assert_close(grow_tree(x, one_hot, depth=0).predict(x[:1])[0], one_hot.mean(0))
    equal = grow_tree(torch.ones(4, 2), torch.eye(2)[[0, 1, 1, 1]], depth=3)  # nothing to ask for
    torch.testing.assert_close(equal.predict(torch.zeros(1, 2)), torch.tensor([[0.25, 0.75]]))


def test_xor_needs_two_questions():
    x = torch.tensor([[0.0, 0.1], [0.1, 1.0], [1.0, 0.0], [0.9, 1.1]])
    one_hot = torch.eye(2)[[0, 1, 1, 0]]
    assert torch.equal(grow_tree(x, one_hot, depth=3).predict(x).argmax(1), torch.tensor([0, 1, 1, 0]))


# Costs


def test_costs_are_those_of_torchs_layers():
    layer = torch.nn.Conv2d(6, 4, 3, groups=2)
    cost = convolution_cost(6, 4, kernel=3, side=5, groups=2)
    assert cost.parameters == sum(p.numel() for p in layer.parameters())
    assert cost.multiply_adds == layer(torch.zeros(1, 6, 7, 7)).numel() * 3 * 3 * 3
    dense = torch.nn.Linear(7, 3)
    assert linear_cost(7, 3).parameters == sum(p.numel() for p in dense.parameters())


def test_published_sizes():
    """Parameters as the implementations that others publish have them (torchvision's AlexNet is another network)."""
    assert introduction.alexnet_cost().parameters == 60_965_224  # Caffe's reference model
    assert introduction.googlenet_cost().parameters == 6_998_552  # Caffe's, without its two side branches
    assert introduction.resnet152_cost().parameters == 60_192_808  # torchvision's


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: fast_gradient_sign(torch.sum, torch.zeros(2), -0.1), ValueError, "must not be negative, got -0.1"),
        (lambda: bootstrap_interval(torch.tensor([1.0])), ValueError, "two values or more, got 1"),
        (lambda: bootstrap_interval(torch.zeros(3), level=95), ValueError, "between 0 and 1, got 95"),
        (lambda: multi_margin_loss(torch.zeros(2, 3), torch.tensor([0, 3])), ValueError, "between 0 and 2, got 0 to 3"),
        (lambda: grow_tree(torch.zeros(0, 2), torch.zeros(0, 2), 3), ValueError, "at least one sample"),
    ],
)
def test_bad_input_is_refused_with_the_remedy(call, error, message):
    with pytest.raises(error, match=message):
        call()


# Drawings


def test_each_field_lies_within_the_one_before():
    from dlnotes.figures.introduction import FIELDS

    for (_, outer, wide), (_, inner, narrow) in pairwise(FIELDS):
        assert math.dist(outer, inner) + narrow < wide


def test_chapters_are_drawn_in_the_order_of_the_book():
    from dlnotes.book.pages import ROOT
    from dlnotes.figures.introduction import CHAPTERS

    nav = (ROOT / "mkdocs.yml").read_text("utf-8")
    for slug, (_, _, before) in CHAPTERS.items():
        assert f"- {slug}.md" in nav
        for earlier in before:
            assert nav.index(f"- {earlier}.md") < nav.index(f"- {slug}.md"), (earlier, slug)


# Recorded runs


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_record_is_that_of_the_page(name):
    run = runs.load(f"introduction{name}")
    assert runs.fresh(run), f"train it again: python -m dlnotes train introduction{name}"


def smoke(name):
    from dlnotes.experiments import module

    return module(f"introduction{name}").smoke()


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_experiment_runs_and_its_record_is_valid(name):
    runs.validate(vars(smoke(name)))


def test_what_the_page_says_of_the_runs():
    """Sentences of the page that rest on records."""
    networks = runs.load("introduction")
    assert networks.mean("cnn_digits") > networks.mean("mlp_digits")
    assert networks.mean("cnn_shuffled") < networks.mean("mlp_shuffled")
    attacked, random = networks.array("attacked"), networks.array("random")
    assert (attacked[:, -1] < 0.2).all() and (random[:, -1] > 0.6).all()
    rings = runs.load("introduction_rings")
    assert rings.max("learned_2") < rings.min("learned_3") and rings.max("cartesian") < 0.7
    addition = runs.load("introduction_addition")
    assert (addition.array("loss") > 3 / 8 * math.log(10)).all()  # the bound holds
    depth = runs.load("introduction_depth")
    assert depth.max("sigmoid_accuracy") < depth.min("relu_accuracy")
    exponent = runs.load("introduction_scaling").mean("exponent")
    assert round(10**-exponent, 1) in (0.7, 0.8)  # "about three quarters"
