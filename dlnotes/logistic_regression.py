"""Logistic regression: maximum likelihood, binary cross entropy, Newton's method, a Gaussian rival, and calibration.

Names, argument order and semantics are those of `torch` and `torch.nn.functional` where these have the same. In the
functions that fit a classifier a sample's features are a row, and a constant feature 1 stands for the bias.
"""

# --8<-- [start:imports]
import torch
from jaxtyping import Float, Int64
from torch import Tensor

# --8<-- [end:imports]


def bernoulli_mle(sample: Float[Tensor, "*batch n"]) -> Float[Tensor, "*batch"]:
    r"""Maximum-likelihood estimate of a probability (logistic_regression-bernoulli-mle): $\hat{p} = k / n$.

    Args:
        sample: outcomes, 0 or 1, along the last dimension, n of them.

    Returns:
        The share of ones.

    Raises:
        ValueError: the sample is empty.

    >>> bernoulli_mle(torch.tensor([1.0, 0.0, 1.0, 1.0]))
    tensor(0.7500)
    """
    _check_not_empty(sample, -1)
    return sample.mean(-1)


def gaussian_mle(sample: Float[Tensor, "*batch n"]) -> tuple[Float[Tensor, "*batch"], Float[Tensor, "*batch"]]:
    r"""Maximum-likelihood mean and variance of a Gaussian (logistic_regression-gaussian-mle).

    $\hat{\mu} = \frac{1}{n} \sum_i x_i$ and $\hat{\sigma}^2 = \frac{1}{n} \sum_i (x_i - \hat{\mu})^2$; the variance is
    divided by n, so that its expectation is too small by the factor $(n - 1) / n$.

    Args:
        sample: numbers along the last dimension, n of them.

    Returns:
        The mean, in the unit of the sample, and the variance, in that unit squared.

    Raises:
        ValueError: the sample is empty.

    >>> gaussian_mle(torch.tensor([1.0, 3.0]))
    (tensor(2.), tensor(1.))
    """
    _check_not_empty(sample, -1)
    mean = sample.mean(-1)
    return mean, ((sample - mean.unsqueeze(-1)) ** 2).mean(-1)


# --8<-- [start:sigmoid]
def logsigmoid(input: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    r"""Logarithm of the sigmoid (logistic_regression-log-sigmoid): $-\log(1 + \exp(-z))$.

    The sum of exponentials, 1 = exp(0) and exp(-z), is taken with its largest term factored out: it cannot overflow.

    Args:
        input: log-odds (logits) of any shape, in nats.

    Returns:
        Log-probabilities of the same shape, in nats.

    >>> logsigmoid(torch.tensor([-90.0, 0.0, 90.0]))
    tensor([-9.0000e+01, -6.9315e-01, -8.1940e-40])
    """
    return -torch.logaddexp(torch.zeros_like(input), -input)


def sigmoid(input: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    r"""Log-odds to a probability (logistic_regression-sigmoid): $\sigma(z) = 1 / (1 + \exp(-z))$.

    Args:
        input: log-odds (logits) of any shape, in nats.

    Returns:
        Probabilities of the same shape.

    >>> sigmoid(torch.tensor([-1000.0, 0.0, 2.0]))
    tensor([0.0000, 0.5000, 0.8808])
    """
    return logsigmoid(input).exp()


# --8<-- [end:sigmoid]


# --8<-- [start:bce]
def binary_cross_entropy(
    input: Float[Tensor, "*shape"],
    target: Float[Tensor, "*target"],
    weight: Float[Tensor, "*weight"] | None = None,
    *,
    reduction: str = "mean",
) -> Float[Tensor, "*loss"]:
    r"""Binary cross entropy of probabilities (logistic_regression-bce): $-y \log p - (1 - y) \log(1 - p)$.

    As `torch.nn.functional.binary_cross_entropy`: no logarithm is below -100. The gradient is exact where that bound is
    not met and 0 beyond it; torch's is $(p - y) / \max(p (1 - p), 10^{-12})$.

    Args:
        input: probabilities of the label 1, in [0, 1], of any shape.
        target: labels 0 or 1, or probabilities, of the same shape.
        weight: factor of each loss, broadcast to the shape of `input`.
        reduction: "mean", "sum", or "none" for one loss an entry.

    Returns:
        Loss in nats: a scalar, or for "none" the shape of `input`.

    Raises:
        ValueError: the shapes differ, a probability is outside [0, 1], or `reduction` is unknown.

    >>> binary_cross_entropy(torch.tensor([0.9, 0.9]), torch.tensor([1.0, 0.0]), reduction="none")
    tensor([0.1054, 2.3026])
    """
    _check_targets(input, target, reduction)
    if input.numel() and not (input.min() >= 0 and input.max() <= 1):
        raise ValueError(
            f"input must hold probabilities in [0, 1], got {input.min():.4g} to {input.max():.4g}; "
            "for logits use binary_cross_entropy_with_logits"
        )
    loss = -(target * _bounded_log(input) + (1 - target) * _bounded_log(1 - input))
    return _reduce(loss if weight is None else weight * loss, reduction)


def binary_cross_entropy_with_logits(
    input: Float[Tensor, "*shape"],
    target: Float[Tensor, "*target"],
    weight: Float[Tensor, "*weight"] | None = None,
    *,
    reduction: str = "mean",
    pos_weight: Float[Tensor, "*classes"] | None = None,
) -> Float[Tensor, "*loss"]:
    r"""Binary cross entropy of log-odds (logistic_regression-bce-logits): $-y \log \sigma(z) - (1-y) \log \sigma(-z)$.

    As `torch.nn.functional.binary_cross_entropy_with_logits`; exact for logits of any size.

    Args:
        input: log-odds of the label 1, of any shape.
        target: labels 0 or 1, or probabilities, of the same shape.
        weight: factor of each loss, broadcast to the shape of `input`.
        reduction: "mean", "sum", or "none" for one loss an entry.
        pos_weight: factor of the term of label 1, broadcast to the shape of `input`.

    Returns:
        Loss in nats: a scalar, or for "none" the shape of `input`.

    Raises:
        ValueError: the shapes differ, or `reduction` is unknown.

    >>> binary_cross_entropy_with_logits(torch.tensor([1000.0, -3.0]), torch.tensor([0.0, 0.0]), reduction="none")
    tensor([1.0000e+03, 4.8587e-02])
    """
    _check_targets(input, target, reduction)
    positive = target * logsigmoid(input)
    if pos_weight is not None:
        positive = pos_weight * positive
    loss = -(positive + (1 - target) * logsigmoid(-input))
    return _reduce(loss if weight is None else weight * loss, reduction)


def _bounded_log(probs: Tensor) -> Tensor:
    """The logarithm, at least -100 as in torch: finite at 0, where its gradient is 0."""
    impossible = probs == 0
    return probs.masked_fill(impossible, 1.0).log().masked_fill(impossible, -100.0).clamp(min=-100.0)


def _check_targets(input: Tensor, target: Tensor, reduction: str) -> None:
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(f'reduction must be "none", "mean" or "sum", got {reduction!r}')
    if input.shape != target.shape:
        raise ValueError(f"target must have the shape of input {tuple(input.shape)}, got {tuple(target.shape)}")


def _reduce(loss: Tensor, reduction: str) -> Tensor:
    return loss if reduction == "none" else getattr(loss, reduction)()


# --8<-- [end:bce]


def logistic_regression_gradient(
    input: Float[Tensor, "*batch N D"], target: Float[Tensor, "*batch N"], weight: Float[Tensor, "*batch D"]
) -> Float[Tensor, "*batch D"]:
    r"""Gradient of the mean binary cross entropy (logistic_regression-gradient): $X^\top (p - y) / N$.

    With $p = \sigma(X w)$. Leading dimensions hold independent classifiers, for instance one a seed.

    Args:
        input: samples as rows, shape (..., N, D); a column of ones gives the model a bias.
        target: labels 0 or 1, or probabilities, shape (..., N).
        weight: one weight a feature, shape (..., D).

    Returns:
        Gradient by `weight`, of its shape.

    Raises:
        ValueError: there is no sample to take the mean of.

    >>> logistic_regression_gradient(torch.tensor([[1.0, 2.0]]), torch.tensor([1.0]), torch.zeros(2))
    tensor([-0.5000, -1.0000])
    """
    _check_not_empty(input, -2)
    error = sigmoid(_matvec(input, weight)) - target
    return _matvec(input.mT, error) / input.shape[-2]


def logistic_regression_hessian(
    input: Float[Tensor, "*batch N D"], weight: Float[Tensor, "*batch D"]
) -> Float[Tensor, "*batch D D"]:
    r"""Hessian of the mean binary cross entropy (logistic_regression-hessian): $X^\top S X / N$, $S$ of $p (1 - p)$.

    Args:
        input: samples as rows, shape (..., N, D).
        weight: one weight a feature, shape (..., D).

    Returns:
        Second derivatives by `weight`, shape (..., D, D), symmetric and positive semidefinite. They do not depend on
        the labels.

    Raises:
        ValueError: there is no sample to take the mean of.

    >>> logistic_regression_hessian(torch.tensor([[1.0, 2.0]]), torch.zeros(2))
    tensor([[0.2500, 0.5000],
            [0.5000, 1.0000]])
    """
    _check_not_empty(input, -2)
    p = sigmoid(_matvec(input, weight))
    return input.mT @ ((p * (1 - p)).unsqueeze(-1) * input) / input.shape[-2]


def newton_logistic_regression(
    input: Float[Tensor, "*batch N D"],
    target: Float[Tensor, "*batch N"],
    weight_decay: float = 0.0,
    tol: float = 1e-6,
    max_steps: int = 100,
) -> Float[Tensor, "*batch D"]:
    r"""Logistic regression by Newton's method (logistic_regression-newton).

    Minimises the mean binary cross entropy plus $\frac{\lambda}{2} \lVert w \rVert^2$. Starts at 0,
    where the Hessian is largest. Each step solves a weighted least-squares problem (iteratively reweighted least
    squares). Leading dimensions hold independent problems.

    Args:
        input: samples as rows, shape (..., N, D); a column of ones gives the model a bias.
        target: labels 0 or 1, or probabilities, shape (..., N).
        weight_decay: λ, which also shrinks the weight of a column of ones.
        tol: largest entry of the gradient at which to stop.
        max_steps: how many steps to try.

    Returns:
        Weights, shape (..., D).

    Raises:
        ValueError: there is no sample; a hyperplane separates the classes and nothing holds the weights back; features
            are linearly dependent; or the gradient is above `tol` after all steps.

    >>> x = torch.tensor([[1.0, 0.0], [1.0, 1.0], [1.0, 2.0], [1.0, 3.0]]).double()
    >>> newton_logistic_regression(x, torch.tensor([0.0, 1.0, 0.0, 1.0]).double())
    tensor([-1.3623,  0.9082], dtype=torch.float64)
    """
    _check_not_empty(input, -2)
    weight = input.new_zeros(input.shape[:-2] + input.shape[-1:])
    ridge = weight_decay * torch.eye(input.shape[-1], dtype=input.dtype, device=input.device)
    is_label = ((target == 0) | (target == 1)).all(-1)
    for _ in range(max_steps):
        gradient = logistic_regression_gradient(input, target, weight) + weight_decay * weight
        if gradient.abs().amax() <= tol:
            return weight
        hessian = logistic_regression_hessian(input, weight) + ridge
        direction, failed = torch.linalg.solve_ex(hessian, gradient)
        if failed.any():
            raise ValueError("the Hessian is singular: features are linearly dependent; use weight_decay > 0")
        weight = weight - direction
        is_separated = is_label & ((target - 0.5) * _matvec(input, weight) > 0).all(-1)
        if not weight_decay and is_separated.any():
            raise ValueError("a hyperplane separates the classes: the optimum is at infinity; use weight_decay > 0")
    raise ValueError(f"the gradient is {gradient.abs().amax():.3g} after {max_steps} steps, above tol {tol}")


def _matvec(matrix: Tensor, vector: Tensor) -> Tensor:
    return (matrix @ vector.unsqueeze(-1)).squeeze(-1)


def linear_discriminant_analysis(
    input: Float[Tensor, "*batch N D"], target: Float[Tensor, "*batch N"]
) -> tuple[Float[Tensor, "*batch D"], Float[Tensor, "*batch"]]:
    r"""Log-odds of two Gaussian classes with one covariance, fitted by maximum likelihood (Fisher 1936).

    $w = \Sigma^{-1} (\mu_1 - \mu_0)$ and $b = \log\frac{q_1}{q_0} - \frac{1}{2} (\mu_1 + \mu_0)^\top w$
    (logistic_regression-lda-weight), (logistic_regression-lda-bias), with the shares q, the means μ of the classes and
    the covariance within the classes.

    Args:
        input: samples as rows, shape (..., N, D), without a column of ones.
        target: labels 0 or 1, shape (..., N).

    Returns:
        Weights, shape (..., D), and bias, shape (...): the log-odds of class 1 are $w^\top x + b$.

    Raises:
        ValueError: a class has no sample.

    >>> x = torch.tensor([[0.0], [2.0], [3.0], [5.0]])
    >>> linear_discriminant_analysis(x, torch.tensor([0.0, 0.0, 1.0, 1.0]))
    (tensor([3.]), tensor(-7.5000))
    """
    share = target.mean(-1, keepdim=True)
    if not ((share > 0) & (share < 1)).all():
        raise ValueError("both classes need samples: target holds one label only")
    in_one, in_zero = target.unsqueeze(-1), 1 - target.unsqueeze(-1)
    mean_one = (in_one * input).mean(-2) / share
    mean_zero = (in_zero * input).mean(-2) / (1 - share)
    centred = input - in_one * mean_one.unsqueeze(-2) - in_zero * mean_zero.unsqueeze(-2)
    covariance = centred.mT @ centred / input.shape[-2]
    weight = torch.linalg.solve(covariance, mean_one - mean_zero)
    bias = torch.logit(share.squeeze(-1)) - 0.5 * ((mean_one + mean_zero) * weight).sum(-1)
    return weight, bias


def roc_curve(
    scores: Float[Tensor, " n"], target: Float[Tensor, " n"]
) -> tuple[Float[Tensor, " points"], Float[Tensor, " points"], Float[Tensor, " points"]]:
    r"""Rates of false and true alarms for every threshold: an alarm is a score of at least the threshold.

    Args:
        scores: log-odds, probabilities or any increasing function of them, shape (n,).
        target: labels 0 or 1, shape (n,).

    Returns:
        False-positive rates, true-positive rates and thresholds, from the largest threshold to the smallest; the first
        threshold is infinite. Equal scores give one point.

    Raises:
        ValueError: a class has no sample.

    >>> roc_curve(torch.tensor([0.9, 0.4, 0.4, 0.1]), torch.tensor([1.0, 0.0, 1.0, 0.0]))
    (tensor([0.0000, 0.0000, 0.5000, 1.0000]), tensor([0.0000, 0.5000, 1.0000, 1.0000]), tensor([   inf, 0.9000, 0.4000, 0.1000]))
    """  # noqa: E501
    positives = target.sum()
    negatives = len(target) - positives
    if not (positives > 0 and negatives > 0):
        raise ValueError("both classes need samples: target holds one label only")
    thresholds, place = scores.unique(return_inverse=True)  # ascending
    alarms = torch.zeros_like(thresholds).index_add(0, place, target)
    false_alarms = torch.zeros_like(thresholds).index_add(0, place, 1 - target)
    true_rate = alarms.flip(0).cumsum(0) / positives
    false_rate = false_alarms.flip(0).cumsum(0) / negatives
    zero, infinite = scores.new_zeros(1), scores.new_full((1,), torch.inf)
    return torch.cat([zero, false_rate]), torch.cat([zero, true_rate]), torch.cat([infinite, thresholds.flip(0)])


def calibration_curve(
    probs: Float[Tensor, "*batch n"], target: Float[Tensor, "*batch n"], bins: int = 10
) -> tuple[Float[Tensor, "*batch bins"], Float[Tensor, "*batch bins"], Int64[Tensor, "*batch bins"]]:
    r"""What was predicted and what happened, in bins of equal width (DeGroot and Fienberg 1983): a reliability diagram.

    Args:
        probs: predicted probabilities of the label 1, in [0, 1], along the last dimension.
        target: labels 0 or 1, of the same shape.
        bins: how many intervals [0, 1] is divided into; 1 belongs to the last.

    Returns:
        The mean prediction of each bin, the share of ones in it (both 0 where the bin is empty), and its count.

    Raises:
        ValueError: shapes differ, a probability is outside [0, 1], or `bins` is not positive.

    >>> calibration_curve(torch.tensor([0.1, 0.3, 0.9]), torch.tensor([0.0, 1.0, 1.0]), bins=2)
    (tensor([0.2000, 0.9000]), tensor([0.5000, 1.0000]), tensor([2, 1]))
    """
    if probs.shape != target.shape:
        raise ValueError(f"target must have the shape of probs {tuple(probs.shape)}, got {tuple(target.shape)}")
    if bins < 1:
        raise ValueError(f"bins must be a positive number, got {bins}")
    if probs.numel() and not (probs.min() >= 0 and probs.max() <= 1):
        raise ValueError(
            f"probs must be in [0, 1], got {probs.min():.4g} to {probs.max():.4g}; apply sigmoid to logits"
        )
    place = (bins * probs).long().clamp(max=bins - 1)
    empty = probs.new_zeros(*probs.shape[:-1], bins)
    count = empty.scatter_add(-1, place, torch.ones_like(probs))
    predicted, happened = (empty.scatter_add(-1, place, of) / count.clamp(min=1) for of in (probs, target))
    return predicted, happened, count.long()


def expected_calibration_error(
    probs: Float[Tensor, "*batch n"], target: Float[Tensor, "*batch n"], bins: int = 10
) -> Float[Tensor, "*batch"]:
    r"""Expected calibration error (Naeini et al. 2015; logistic_regression-ece), for two classes.

    $\sum_b \frac{n_b}{n} |\bar{y}_b - \bar{p}_b|$: the gaps between shares and mean predictions, averaged over samples.

    Args:
        probs: predicted probabilities of the label 1, in [0, 1], along the last dimension.
        target: labels 0 or 1, of the same shape.
        bins: how many intervals of equal width.

    Returns:
        A number between 0 and 1 for each row.

    Raises:
        ValueError: as `calibration_curve`; or there is no sample.

    >>> expected_calibration_error(torch.tensor([0.1, 0.3, 0.9]), torch.tensor([0.0, 1.0, 1.0]), bins=2)
    tensor(0.2333)
    """
    _check_not_empty(probs, -1)
    predicted, happened, count = calibration_curve(probs, target, bins)
    return (count * (happened - predicted).abs()).sum(-1) / probs.shape[-1]


def _check_not_empty(samples: Tensor, dim: int) -> None:
    if samples.shape[dim] == 0:
        raise ValueError(f"at least one sample is needed, got shape {tuple(samples.shape)}")
