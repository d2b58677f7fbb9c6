"""Regularisation: features, bias and variance, ridge and lasso, early stopping, dropout, rotation and folds.

Names, argument order and semantics are those of `torch.nn.functional` where it has the same.
"""

# --8<-- [start:imports]
import math
from collections.abc import Iterator
from typing import NamedTuple

import torch
from jaxtyping import Float, Int64
from torch import Tensor
from torch.nn import functional as F

# --8<-- [end:imports]


# --8<-- [start:capacity]
def polynomial_features(x: Float[Tensor, " N"], degree: int) -> Float[Tensor, "N features"]:
    r"""Powers of one feature as a design matrix (regularization-polynomial): row i is $1, x_i, \dots, x_i^d$.

    Args:
        x: one number a sample, shape (N,); scale it to [-1, 1], or high powers will overflow.
        degree: d, the highest power.

    Returns:
        Design matrix of shape (N, d + 1).

    Raises:
        ValueError: `degree` is negative.

    >>> polynomial_features(torch.tensor([2.0, 3.0]), degree=2)
    tensor([[1., 2., 4.],
            [1., 3., 9.]])
    """
    if degree < 0:
        raise ValueError(f"degree must be 0 or more, got {degree}")
    return x.unsqueeze(-1) ** torch.arange(degree + 1, device=x.device)


class BiasVariance(NamedTuple):
    """Mean square distance of predictions from the truth, in two parts; both in the target's unit squared.

    >>> parts = bias_variance(torch.tensor([[1.0], [3.0]]), torch.tensor([1.0]))
    >>> parts.bias_squared, parts.variance
    (tensor(1.), tensor(1.))
    """

    bias_squared: Float[Tensor, ""]  # mean square distance of the mean prediction from the truth
    variance: Float[Tensor, ""]  # mean square distance of the predictions from their mean


def bias_variance(
    predictions: Float[Tensor, "sets *points"],  # noqa: F821
    truth: Float[Tensor, "*truth"],
) -> BiasVariance:
    r"""Squared bias and variance of predictions (Geman, Bienenstock and Doursat 1992; regularization-decomposition).

    $(\bar f - f)^2$ and $\frac{1}{M} \sum_m (\hat f_m - \bar f)^2$, averaged over the points. Their sum is the mean of
    $(\hat f_m - f)^2$ over all training sets and points, exactly. Where `truth` holds noisy targets instead, the first
    part holds their noise as well.

    Args:
        predictions: one row for each of M training sets, shape (M, ...).
        truth: what they should be, shape (...).

    Returns:
        The two parts, scalars.

    Raises:
        ValueError: there are fewer than two training sets, or the shapes do not fit.

    >>> bias_variance(torch.tensor([[1.0], [3.0]]), torch.tensor([1.0]))
    BiasVariance(bias_squared=tensor(1.), variance=tensor(1.))
    """
    if len(predictions) < 2 or predictions.shape[1:] != truth.shape:
        raise ValueError(
            f"predictions must hold two rows or more of the truth's shape {tuple(truth.shape)}, "
            f"got the shape {tuple(predictions.shape)}"
        )
    variance, mean = torch.var_mean(predictions, dim=0, correction=0)
    return BiasVariance((mean - truth).square().mean(), variance.mean())


# --8<-- [end:capacity]


# --8<-- [start:folds]
def k_fold(
    samples: int, folds: int, generator: torch.Generator | None = None
) -> Iterator[tuple[Int64[Tensor, " train"], Int64[Tensor, " validation"]]]:
    """Indices for cross-validation (Stone 1974): each sample is held out in one of the folds.

    Args:
        samples: how many there are, N.
        folds: K, how many parts of almost equal size; N of them leave one sample out at a time.
        generator: source of random numbers, on the CPU.

    Yields:
        Indices of the samples to train on and of those to validate on, in random order.

    Raises:
        ValueError: `folds` is not between 2 and the number of samples.

    >>> [len(validation) for train, validation in k_fold(10, 3)]
    [4, 3, 3]
    """
    if not 2 <= folds <= samples:
        raise ValueError(f"folds must be between 2 and the number of samples, {samples}, got {folds}")
    parts = torch.randperm(samples, generator=generator).tensor_split(folds)
    for k in range(folds):
        yield torch.cat(parts[:k] + parts[k + 1 :]), parts[k]


# --8<-- [end:folds]


# --8<-- [start:ridge]
def ridge(
    A: Float[Tensor, "N d"],
    b: Float[Tensor, "N *targets"],  # noqa: F821
    penalty: float | Float[Tensor, "*penalties"],
) -> Float[Tensor, "*solution"]:
    r"""Least squares with an L2 penalty (Hoerl and Kennard 1970): minimises $\|A w - b\|^2 + \lambda \|w\|^2$.

    $w = \sum_i \frac{s_i}{s_i^2 + \lambda} (u_i^\top b) v_i$ from the singular values and vectors of A
    (regularization-ridge-svd). With λ = 0 it is the shortest of the least-squares solutions.

    Args:
        A: design matrix, one sample a row, centred and scaled, since a bias should not be penalised; shape (N, d).
        b: targets, centred, shape (N,), or (N, k) for k of them.
        penalty: λ ≥ 0, in units of the squared singular values; a tensor gives a solution for each of its entries.

    Returns:
        Weights, shape (d,) or (d, k); (..., d) or (..., d, k) for a tensor of penalties.

    Raises:
        ValueError: a penalty is negative.

    >>> ridge(torch.eye(2), torch.tensor([1.0, 2.0]), penalty=1.0)
    tensor([0.5000, 1.0000])
    """
    penalty = torch.as_tensor(penalty, dtype=A.dtype, device=A.device)
    if (penalty < 0).any():
        raise ValueError(f"penalty must not be negative, got {penalty.min().item():g}")
    U, S, Vh = torch.linalg.svd(A, full_matrices=False)
    rounding = max(A.shape) * torch.finfo(A.dtype).eps * S[:1]  # what is below counts as 0
    denominator = S.square() + penalty.unsqueeze(-1)
    factor = torch.where(rounding < S, S / denominator.where(rounding < S, 1), 0)
    return (factor * (U.T @ b)) @ Vh if b.ndim == 1 else Vh.T @ (factor.unsqueeze(-1) * (U.T @ b))


# --8<-- [end:ridge]


# --8<-- [start:lasso]
def softshrink(input: Float[Tensor, "*shape"], lambd: float | Tensor = 0.5) -> Float[Tensor, "*shape"]:
    r"""Soft threshold, entry by entry (regularization-soft-threshold): $\operatorname{sign}(a) (|a| - \lambda)_+$.

    It minimises $\frac12 (w - a)^2 + \lambda |w|$. As `torch.nn.functional.softshrink`.

    Args:
        input: a, of any shape.
        lambd: λ ≥ 0, or a tensor of them that broadcasts.

    Returns:
        Shrunk values; those with $|a| \le \lambda$ are exactly 0.

    Raises:
        ValueError: `lambd` is negative.

    >>> softshrink(torch.tensor([-2.0, 0.3, 1.0]), 0.5)
    tensor([-1.5000,  0.0000,  0.5000])
    """
    if torch.any(torch.as_tensor(lambd) < 0):
        raise ValueError(f"lambd must not be negative, got {lambd}")
    return input.sign() * (input.abs() - lambd).clamp(min=0)


def norm_shrink(input: Float[Tensor, "*batch d"], lambd: float = 0.5) -> Float[Tensor, "*batch d"]:
    r"""Soft threshold of a whole vector (Yuan and Lin 2006; regularization-block): $(1 - \lambda / \|a\|)_+ a$.

    It minimises $\frac12 \|w - a\|^2 + \lambda \|w\|$, with the norm and not its square.

    Args:
        input: a, vectors in the last dimension.
        lambd: λ ≥ 0.

    Returns:
        Vectors of the same directions, shorter by λ; those not longer than λ are exactly 0.

    Raises:
        ValueError: `lambd` is negative.

    >>> norm_shrink(torch.tensor([3.0, 4.0]), 1.0)
    tensor([2.4000, 3.2000])
    """
    if lambd < 0:
        raise ValueError(f"lambd must not be negative, got {lambd}")
    length = torch.linalg.vector_norm(input, dim=-1, keepdim=True)
    return input * ((length - lambd).clamp(min=0) / length.where(length > 0, 1))


def lasso(
    A: Float[Tensor, "N d"],
    b: Float[Tensor, " N"],
    penalty: float | Float[Tensor, "*penalties"],
    tol: float = 1e-8,
    max_steps: int = 100_000,
) -> Float[Tensor, "*penalties d"]:
    r"""Least squares with an L1 penalty (Tibshirani 1996): minimises $\frac12 \|A w - b\|^2 + \lambda \|w\|_1$.

    By ISTA (Daubechies, Defrise and De Mol 2004; regularization-ista): a step of gradient descent with
    $\eta = 1 / s_{\max}^2$, then the soft threshold ηλ.

    Args:
        A: design matrix, one sample a row, centred and scaled, shape (N, d).
        b: targets, centred, shape (N,).
        penalty: λ ≥ 0; a tensor gives a solution for each of its entries.
        tol: it stops when no weight changes by more than this share of the largest weight in a step.
        max_steps: it gives up after so many steps.

    Returns:
        Weights, shape (d,), or (..., d) for a tensor of penalties; many of them exactly 0.

    Raises:
        ValueError: a penalty is negative.
        RuntimeError: `max_steps` were not enough.

    >>> lasso(torch.eye(2), torch.tensor([1.0, 3.0]), penalty=2.0)
    tensor([0., 1.])
    """
    penalty = torch.as_tensor(penalty, dtype=A.dtype, device=A.device).unsqueeze(-1)
    gram, correlation = A.T @ A, A.T @ b
    lr = 1 / torch.linalg.matrix_norm(gram, 2)
    weight = torch.zeros(*penalty.shape[:-1], A.shape[1], dtype=A.dtype, device=A.device)
    for _ in range(max_steps):
        following = softshrink(weight - lr * (weight @ gram - correlation), lr * penalty)
        change, weight = (following - weight).abs().max(), following
        if change <= tol * weight.abs().max():
            return weight
    raise RuntimeError(f"no convergence in {max_steps} steps; standardise the features, or raise max_steps or tol")


# --8<-- [end:lasso]


# --8<-- [start:early_stopping]
class EarlyStopping:
    """Stop when the validation error has not improved for a while (Prechelt 1998), as Keras' callback of that name.

    The attribute `best` is the lowest error so far, `best_epoch` the evaluation at which it was reached, counted from
    0: keep the parameters of that one.

    Args:
        patience: how many evaluations without improvement are borne.
        min_delta: an improvement is a decrease by more than this, in the unit of the error.

    Raises:
        ValueError: `patience` is below 1 or `min_delta` negative.

    >>> stopping = EarlyStopping(patience=2)
    >>> [stopping.step(error) for error in (1.0, 0.5, 0.7, 0.6)]
    [True, True, False, False]
    >>> stopping.stop, stopping.best_epoch
    (True, 1)
    """

    def __init__(self, patience: int, min_delta: float = 0.0) -> None:
        if patience < 1 or min_delta < 0:
            raise ValueError(f"expected patience >= 1 and min_delta >= 0, got {patience} and {min_delta}")
        self.patience, self.min_delta = patience, min_delta
        self.best, self.best_epoch, self._epoch = math.inf, -1, -1

    def step(self, error: float) -> bool:
        """Take one validation error.

        Args:
            error: to be made small; NaN is never better.

        Returns:
            Whether it is the best so far.
        """
        self._epoch += 1
        improved = error < self.best - self.min_delta
        if improved:
            self.best, self.best_epoch = error, self._epoch
        return improved

    @property
    def stop(self) -> bool:
        """Whether patience has run out."""
        return self._epoch - max(self.best_epoch, 0) >= self.patience


# --8<-- [end:early_stopping]


# --8<-- [start:dropout]
def dropout(input: Float[Tensor, "*shape"], p: float = 0.5, training: bool = True) -> Float[Tensor, "*shape"]:
    r"""Set entries to 0 at random and enlarge the others (Srivastava et al. 2014; regularization-dropout).

    $\frac{m}{1 - p} \odot h$ with independent $m_j$ that are 0 with probability p, otherwise 1. As
    `torch.nn.functional.dropout`, with the same random numbers on the CPU.

    Args:
        input: h, of any shape; each entry has a mask of its own.
        p: probability of being **dropped**, from 0 to 1.
        training: when False, the input is returned as it is.

    Returns:
        A tensor of the same shape, whose expectation is the input (for p < 1).

    Raises:
        ValueError: `p` is not between 0 and 1.

    >>> _ = torch.manual_seed(0)
    >>> dropout(torch.ones(6), p=0.5)
    tensor([0., 0., 2., 0., 0., 0.])
    """
    if not 0 <= p <= 1:
        raise ValueError(f"p is the probability of dropping, between 0 and 1, got {p}")
    if not training or p == 0:
        return input
    if p == 1:
        return input * 0
    return input * torch.empty_like(input).bernoulli_(1 - p) / (1 - p)


# --8<-- [end:dropout]


# --8<-- [start:augmentation]
def rotate(images: Float[Tensor, "N height width"], degrees: Float[Tensor, " N"]) -> Float[Tensor, "N height width"]:
    """Rotate each image about its centre, with bilinear interpolation and 0 outside.

    Args:
        images: one channel each, shape (N, height, width) with height = width.
        degrees: angle of each, counterclockwise as seen with the first row on top, shape (N,).

    Returns:
        Images of the same shape.

    Raises:
        ValueError: the images are not square.

    >>> rotate(torch.tensor([[[0.0, 1.0], [0.0, 0.0]]]), torch.tensor([90.0])).round(decimals=3)
    tensor([[[1., 0.],
             [0., 0.]]])
    """
    if images.shape[-1] != images.shape[-2]:
        raise ValueError(f"images must be square, got {tuple(images.shape[-2:])}")
    cos, sin = torch.deg2rad(degrees).cos(), torch.deg2rad(degrees).sin()
    shift = torch.zeros_like(cos)
    # where each pixel of the result comes from: y points down, so this turns counterclockwise
    source = torch.stack([torch.stack([cos, -sin, shift], -1), torch.stack([sin, cos, shift], -1)], -2)
    grid = F.affine_grid(source, [len(images), 1, *images.shape[-2:]], align_corners=False)
    return F.grid_sample(images.unsqueeze(1), grid, align_corners=False).squeeze(1)


# --8<-- [end:augmentation]
