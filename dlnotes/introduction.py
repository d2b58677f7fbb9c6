"""What the introduction needs: classical learners, an attack, an interval, and what layers cost.

Names and semantics are those of `torch` where it has the same.
"""

# --8<-- [start:imports]
from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

# --8<-- [end:imports]


# --8<-- [start:fgsm]
def fast_gradient_sign(loss: Callable[[Tensor], Tensor], input: Float[Tensor, "*shape"], epsilon: float) -> Tensor:
    r"""The input, moved by `epsilon` in every entry so that the loss rises (Goodfellow, Shlens and Szegedy 2015).

    $x + \varepsilon \operatorname{sign}(\nabla_x \mathcal{L})$: to first order the worst of all changes that alter no
    entry by more than $\varepsilon$ (introduction-fgsm).

    Args:
        loss: from a tensor of input's shape to a scalar.
        input: e.g. images, of any shape.
        epsilon: largest change of an entry, in the units of input.

    Returns:
        The changed input, of the same shape, detached.

    Raises:
        ValueError: `epsilon` is negative.

    >>> fast_gradient_sign(lambda x: (x * torch.tensor([1.0, -2.0])).sum(), torch.zeros(2), epsilon=0.5)
    tensor([ 0.5000, -0.5000])
    """
    if epsilon < 0:
        raise ValueError(f"epsilon must not be negative, got {epsilon}")
    x = input.detach().requires_grad_()
    (gradient,) = torch.autograd.grad(loss(x), x)
    return input.detach() + epsilon * gradient.sign()


# --8<-- [end:fgsm]


# --8<-- [start:bootstrap]
def bootstrap_interval(
    values: Float[Tensor, " n"], level: float = 0.95, resamples: int = 10_000, generator: torch.Generator | None = None
) -> tuple[float, float]:
    """Percentile bootstrap interval of a mean (Efron 1979): quantiles of the means of samples drawn with replacement.

    Args:
        values: one measurement a run, e.g. the accuracy of each seed, shape (n,).
        level: the share of the resampled means between the two ends.
        resamples: how many samples of size n are drawn.
        generator: source of randomness.

    Returns:
        Lower and upper end, in the units of values.

    Raises:
        ValueError: fewer than two values, or a level outside (0, 1).

    >>> bootstrap_interval(torch.tensor([1.0, 1.0, 1.0]))
    (1.0, 1.0)
    """
    if values.numel() < 2:
        raise ValueError(f"an interval needs two values or more, got {values.numel()}: run more seeds")
    if not 0 < level < 1:
        raise ValueError(f"level must lie between 0 and 1, got {level}")
    drawn = torch.randint(len(values), (resamples, len(values)), generator=generator)
    means = values[drawn].mean(dim=1)
    tail = (1 - level) / 2
    return means.quantile(tail).item(), means.quantile(1 - tail).item()


# --8<-- [end:bootstrap]


def multi_margin_loss(
    input: Float[Tensor, "n classes"], target: Int[Tensor, " n"], margin: float = 1.0
) -> Float[Tensor, ""]:
    r"""Hinge loss of a linear machine with several classes (Weston and Watkins 1999; introduction-hinge), as torch's.

    $\frac{1}{NK} \sum_i \sum_{k \ne y_i} \max(0, m - z_{i y_i} + z_{ik})$ with $K$ classes and the margin $m$.

    Args:
        input: scores, one sample a row, shape (n, classes).
        target: the right class of each sample, shape (n,).
        margin: by how much the right score has to lead.

    Returns:
        The mean over samples, a scalar.

    Raises:
        ValueError: a target is no class.

    >>> multi_margin_loss(torch.tensor([[2.0, 1.5, 0.0]]), torch.tensor([0])).round(decimals=4)
    tensor(0.1667)
    """
    classes = input.shape[1]
    if target.numel() and not (target.min() >= 0 and target.max() < classes):
        raise ValueError(
            f"targets must lie between 0 and {classes - 1}, got {target.min().item()} to {target.max().item()}"
        )
    right = input.gather(1, target[:, None])
    violation = (margin - right + input).clamp(min=0).scatter(1, target[:, None], 0.0)
    return violation.sum(1).mean() / classes


# --8<-- [start:gini]
def gini(counts: Float[Tensor, "*nodes classes"]) -> Float[Tensor, "*nodes"]:
    r"""Gini impurity (introduction-gini): $1 - \sum_k p_k^2$, how often two random samples of a node differ in class.

    Args:
        counts: samples of each class along the last dimension.

    Returns:
        0 (one class) to 1 - 1/classes; 0 for an empty node.

    >>> gini(torch.tensor([[5.0, 5.0], [10.0, 0.0]]))
    tensor([0.5000, 0.0000])
    """
    total = counts.sum(-1, keepdim=True).clamp(min=1)
    return (1 - (counts / total).square().sum(-1)) * (counts.sum(-1) > 0)


# --8<-- [end:gini]


@dataclass(frozen=True)
class Tree:
    """A node of a decision tree: a leaf has shares of classes only (introduction-gini), an inner node a question.

    >>> never, always = Tree(torch.tensor([1.0, 0.0])), Tree(torch.tensor([0.0, 1.0]))
    >>> stump = Tree(torch.tensor([0.5, 0.5]), feature=0, threshold=1.5, yes=never, no=always)
    >>> stump.predict(torch.tensor([[1.0], [2.0]]))
    tensor([[1., 0.],
            [0., 1.]])
    """

    shares: Float[Tensor, " classes"]  # of the training samples that came here
    feature: int = -1  # the column that the question is about; -1 in a leaf
    threshold: float = 0.0  # that the column is compared with, in its unit
    yes: "Tree | None" = None  # where x[feature] <= threshold
    no: "Tree | None" = None  # elsewhere

    def predict(self, x: Float[Tensor, "n d"]) -> Float[Tensor, "n classes"]:
        """Shares of the classes in the leaf that each sample falls into.

        Args:
            x: samples as rows, shape (n, d).

        Returns:
            Shares, one row a sample, shape (n, classes).
        """
        if self.yes is None:
            return self.shares.expand(len(x), -1)
        answer = x[:, self.feature] <= self.threshold
        result = x.new_empty(len(x), len(self.shares))
        result[answer], result[~answer] = self.yes.predict(x[answer]), self.no.predict(x[~answer])
        return result


def best_split(x: Float[Tensor, "n d"], one_hot: Float[Tensor, "n classes"]) -> tuple[float, int, float]:
    """The question x[feature] <= threshold that lowers the impurity most (introduction-gini), of all features at once.

    Args:
        x: samples as rows, shape (n, d).
        one_hot: their classes, shape (n, classes).

    Returns:
        The mean impurity after the split (infinite if all samples are equal), the feature and the threshold.

    >>> best_split(torch.tensor([[1.0], [2.0], [5.0]]), torch.tensor([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]]))
    (0.0, 0, 3.5)
    """
    values, order = x.sort(dim=0)
    left = one_hot[order].cumsum(0)[:-1]  # (n - 1, d, classes): counts below each gap between neighbours
    right = one_hot.sum(0) - left
    impurity = (gini(left) * left.sum(-1) + gini(right) * right.sum(-1)) / len(x)
    impurity = impurity.masked_fill(values[1:] == values[:-1], torch.inf)  # equal values cannot be told apart
    if not impurity.numel():
        return torch.inf, 0, 0.0
    row, feature = divmod(impurity.argmin().item(), x.shape[1])
    return impurity[row, feature].item(), feature, values[row : row + 2, feature].mean().item()


def grow_tree(
    x: Float[Tensor, "n d"],
    one_hot: Float[Tensor, "n classes"],
    depth: int,
    features: int | None = None,
    generator: torch.Generator | None = None,
) -> Tree:
    """A classification tree, split greedily by impurity (Breiman et al. 1984; introduction-gini).

    Args:
        x: training samples as rows, shape (n, d), n at least 1.
        one_hot: their classes, shape (n, classes).
        depth: questions on the way to a leaf, at most.
        features: how many randomly chosen features each split may ask for (Breiman 2001), by default all.
        generator: source of that choice.

    Returns:
        The root.

    Raises:
        ValueError: there are no samples.

    >>> tree = grow_tree(torch.tensor([[1.0], [2.0], [5.0]]), torch.eye(2)[[0, 0, 1]], depth=1)
    >>> tree.threshold, tree.predict(torch.tensor([[4.0]]))
    (3.5, tensor([[0., 1.]]))
    """
    if not len(x):
        raise ValueError("a tree needs at least one sample, got none")
    shares = one_hot.mean(0)
    if depth == 0 or shares.max() == 1:
        return Tree(shares)
    asked = torch.randperm(x.shape[1], generator=generator)[:features]
    impurity, column, threshold = best_split(x[:, asked], one_hot)
    if impurity >= gini(one_hot.sum(0)):
        return Tree(shares)
    feature = asked[column].item()
    answer = x[:, feature] <= threshold
    yes, no = (grow_tree(x[side], one_hot[side], depth - 1, features, generator) for side in (answer, ~answer))
    return Tree(shares, feature, threshold, yes, no)


@dataclass(frozen=True)
class Cost:
    """Parameters and multiply–adds of a layer for one sample (introduction-convolution-cost); costs add up.

    >>> Cost(parameters=10, multiply_adds=20) + Cost(parameters=1)
    Cost(parameters=11, multiply_adds=20)
    """

    parameters: int = 0  # numbers that are learned
    multiply_adds: int = 0  # products that are added up, for one sample

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(self.parameters + other.parameters, self.multiply_adds + other.multiply_adds)


def convolution_cost(channels: int, filters: int, kernel: int, side: int, groups: int = 1, bias: bool = True) -> Cost:
    """Cost of a convolution with a square kernel (introduction-convolution-cost).

    Args:
        channels: of the input.
        filters: channels of the output.
        kernel: height and width of the kernel, in pixels.
        side: height and width of the output, in pixels.
        groups: parts into which the channels are divided; each filter sees one of them.
        bias: count one number a filter that is added.

    Returns:
        Parameters and multiply–adds for one image.

    >>> convolution_cost(channels=3, filters=64, kernel=7, side=112)
    Cost(parameters=9472, multiply_adds=118013952)
    """
    weights = filters * (channels // groups) * kernel**2
    return Cost(weights + bias * filters, weights * side**2)


def linear_cost(inputs: int, outputs: int, bias: bool = True) -> Cost:
    """Cost of a fully connected layer, which is a convolution with one output position (introduction-convolution-cost).

    Args:
        inputs: width of the input.
        outputs: width of the output.
        bias: count one number an output that is added.

    Returns:
        Parameters and multiply–adds for one sample.

    >>> linear_cost(inputs=784, outputs=10)
    Cost(parameters=7850, multiply_adds=7840)
    """
    return convolution_cost(inputs, outputs, kernel=1, side=1, bias=bias)


def alexnet_cost() -> Cost:
    """Cost of AlexNet (Krizhevsky, Sutskever and Hinton 2012); three convolutions are in two groups, one for each GPU.

    Returns:
        Parameters and multiply–adds for one image of 227×227 pixels.

    >>> alexnet_cost().parameters
    60965224
    """
    convolutions = [(3, 96, 11, 55, 1), (96, 256, 5, 27, 2), (256, 384, 3, 13, 1), (384, 384, 3, 13, 2)]
    convolutions += [(384, 256, 3, 13, 2)]
    dense = [(256 * 6 * 6, 4096), (4096, 4096), (4096, 1000)]
    return sum((convolution_cost(*c) for c in convolutions), Cost()) + sum((linear_cost(*s) for s in dense), Cost())


def googlenet_cost() -> Cost:
    """Cost of GoogLeNet (Szegedy et al. 2015, table 1), without the auxiliary classifiers.

    Returns:
        Parameters and multiply–adds for one image of 224×224 pixels.

    >>> googlenet_cost().parameters
    6998552
    """
    cost = convolution_cost(3, 64, 7, 112) + convolution_cost(64, 64, 1, 56) + convolution_cost(64, 192, 3, 56)
    channels = 192
    for side, one, three_in, three, five_in, five, pool in (
        (28, 64, 96, 128, 16, 32, 32), (28, 128, 128, 192, 32, 96, 64), (14, 192, 96, 208, 16, 48, 64),
        (14, 160, 112, 224, 24, 64, 64), (14, 128, 128, 256, 24, 64, 64), (14, 112, 144, 288, 32, 64, 64),
        (14, 256, 160, 320, 32, 128, 128), (7, 256, 160, 320, 32, 128, 128), (7, 384, 192, 384, 48, 128, 128),
    ):  # fmt: skip
        for filters in (one, three_in, five_in, pool):
            cost += convolution_cost(channels, filters, 1, side)
        cost += convolution_cost(three_in, three, 3, side) + convolution_cost(five_in, five, 5, side)
        channels = one + three + five + pool
    return cost + linear_cost(channels, 1000)


def resnet152_cost() -> Cost:
    """Cost of ResNet-152 (He et al. 2016): blocks of 1×1, 3×3, 1×1 convolutions, each with a batch norm (2 parameters).

    Returns:
        Parameters and multiply–adds for one image of 224×224 pixels.

    >>> resnet152_cost().parameters
    60192808
    """

    def layer(channels, filters, kernel, side):
        return convolution_cost(channels, filters, kernel, side, bias=False) + Cost(parameters=2 * filters)

    cost, channels = layer(3, 64, 7, 112), 64
    for blocks, width, side in ((3, 64, 56), (8, 128, 28), (36, 256, 14), (3, 512, 7)):
        for block in range(blocks):
            cost += layer(channels, width, 1, side) + layer(width, width, 3, side) + layer(width, 4 * width, 1, side)
            cost += layer(channels, 4 * width, 1, side) if block == 0 else Cost()
            channels = 4 * width
    return cost + linear_cost(channels, 1000)
