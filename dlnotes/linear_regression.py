"""Linear regression: the model, its losses and gradient, three ways to solve least squares, and categories as features.

Names, argument order and semantics are those of `torch.nn.functional` and `torch.linalg` where these have the same.
"""

# --8<-- [start:imports]
import math

import torch
from jaxtyping import Float, Int64, Shaped
from torch import Tensor

# --8<-- [end:imports]


def linear(
    input: Float[Tensor, "*batch d"], weight: Float[Tensor, "*out d"], bias: Float[Tensor, "*out"] | None = None
) -> Float[Tensor, "*batch_out"]:
    r"""Linear model of a batch (linear_regression-batch): $\hat{y} = X w + b 1$; with K outputs $X W^\top + 1 b^\top$.

    Args:
        input: features, one sample a row, shape (..., d).
        weight: one weight a feature, shape (d,), or one row an output, shape (K, d).
        bias: a number, or one an output, shape (K,); none by default.

    Returns:
        Predictions, in the unit of the target, shape (...) or (..., K).

    Raises:
        ValueError: `input` and `weight` differ in the number of features.

    >>> linear(torch.tensor([[1.0, 2.0]]), torch.tensor([3.0, 4.0]), torch.tensor(0.5))
    tensor([11.5000])
    """
    if input.shape[-1] != weight.shape[-1]:
        raise ValueError(f"input has {input.shape[-1]} features and weight {weight.shape[-1]}; they must be as many")
    output = input @ weight.t()
    return output if bias is None else output + bias


def mse_loss(
    input: Float[Tensor, "*shape"], target: Float[Tensor, "*target"], *, reduction: str = "mean"
) -> Float[Tensor, "*loss"]:
    r"""Mean squared error (Legendre 1805; linear_regression-loss): $\frac{1}{N} \sum_i (\hat{y}_i - y_i)^2$.

    As `torch.nn.functional.mse_loss`, but shapes must be equal: a column against a row would be broadcast to a matrix.

    Args:
        input: predictions of any shape.
        target: observed values, of the same shape and unit.
        reduction: "mean", "sum", or "none" for one squared error an entry.

    Returns:
        Loss in the target's unit squared: a scalar, or for "none" the shape of `input`.

    Raises:
        ValueError: the shapes differ, or `reduction` is unknown.

    >>> mse_loss(torch.tensor([1.0, 2.0]), torch.tensor([0.0, 4.0]))
    tensor(2.5000)
    """
    _check_targets(input, target)
    return _reduce((input - target) ** 2, reduction)


def gaussian_nll_loss(
    input: Float[Tensor, "*shape"],
    target: Float[Tensor, "*target"],
    var: Float[Tensor, "*var"] | float,
    full: bool = False,
    eps: float = 1e-6,
    reduction: str = "mean",
) -> Float[Tensor, "*loss"]:
    r"""Negative log-likelihood under Gaussian noise (linear_regression-gaussian-nll).

    $\frac{1}{2} \log(\sigma^2) + \frac{(\hat{y} - y)^2}{2 \sigma^2}$, plus $\frac{1}{2} \log(2 \pi)$ if `full`; as
    `torch.nn.functional.gaussian_nll_loss`.

    Args:
        input: predictions, the means of the Gaussians, of any shape.
        target: observed values, of the same shape and unit.
        var: variance of the noise, in the target's unit squared: a number, or a tensor of the shape of `input`, of that
            shape with its last size 1, or without its last size.
        full: whether to add the constant.
        eps: smallest variance used; smaller ones are raised to it, their gradient passes.
        reduction: "mean", "sum", or "none" for one loss an entry.

    Returns:
        Loss in nats: a scalar, or for "none" the shape of `input`.

    Raises:
        ValueError: shapes do not fit, a variance is negative, or `reduction` is unknown.

    >>> gaussian_nll_loss(torch.tensor([1.0]), torch.tensor([3.0]), 4.0)
    tensor(1.1931)
    """
    _check_targets(input, target)
    var = torch.as_tensor(var, dtype=input.dtype, device=input.device)
    if var.ndim == 0:
        var = var.expand(input.shape)
    elif var.shape == input.shape[:-1]:
        var = var.unsqueeze(-1)
    if var.shape not in (input.shape, (*input.shape[:-1], 1)):
        raise ValueError(f"var must be a number or fit input {tuple(input.shape)}, got shape {tuple(var.shape)}")
    if (var < 0).any():
        raise ValueError(f"var must not be negative, got {float(var.min())}; it is a variance, not its logarithm")
    var = var + (eps - var.detach()).clamp(min=0)
    loss = (var.log() + (input - target) ** 2 / var) / 2
    return _reduce(loss + math.log(2 * math.pi) / 2 if full else loss, reduction)


# --8<-- [start:gradient]
def linear_regression_gradient(
    input: Float[Tensor, "*batch N d"],
    target: Float[Tensor, "*batch N"],
    weight: Float[Tensor, "*batch d"],
    bias: Float[Tensor, "*batch"],
) -> tuple[Float[Tensor, "*batch d"], Float[Tensor, "*batch"]]:
    r"""Gradient of the mean squared error of a linear model (linear_regression-gradient).

    With $e = X w + b 1 - y$: $\frac{2}{N} X^\top e$ and $\frac{2}{N} 1^\top e$. Leading dimensions hold independent
    models.

    Args:
        input: features, one sample a row, shape (..., N, d).
        target: observed values, shape (..., N).
        weight: one weight a feature, shape (..., d).
        bias: shape (...).

    Returns:
        Gradients by `weight` and by `bias`, of their shapes.

    Raises:
        ValueError: there is no sample to take the mean of.

    >>> x, y = torch.tensor([[1.0], [2.0]]), torch.tensor([1.0, 3.0])
    >>> linear_regression_gradient(x, y, torch.zeros(1), torch.tensor(0.0))
    (tensor([-7.]), tensor(-4.))
    """
    samples = input.shape[-2]
    if samples == 0:
        raise ValueError(f"input must hold at least one sample, got shape {tuple(input.shape)}")
    error = (input @ weight.unsqueeze(-1)).squeeze(-1) + bias.unsqueeze(-1) - target
    return 2 / samples * (input.mT @ error.unsqueeze(-1)).squeeze(-1), 2 * error.mean(dim=-1)


# --8<-- [end:gradient]


# --8<-- [start:right_hand_sides]
_REMEDY = "drop a column or take the shortest solution, pinv(A) @ B"


def _right_hand_sides(A: Tensor, B: Tensor) -> tuple[Tensor, bool]:
    """B with its right-hand sides as columns, and whether it was a single one."""
    if A.ndim < 2 or A.shape[-2] < A.shape[-1]:
        raise ValueError(f"A must have at least as many rows as columns, got shape {tuple(A.shape)}; {_REMEDY}")
    if B.shape == A.shape[:-1]:
        return B.unsqueeze(-1), True
    if B.ndim != A.ndim or B.shape[:-1] != A.shape[:-1]:
        raise ValueError(f"B must have a row for each of A's {tuple(A.shape)}, got shape {tuple(B.shape)}")
    return B, False


# --8<-- [end:right_hand_sides]


def solve_normal_equations(A: Float[Tensor, "*batch m n"], B: Float[Tensor, "*rhs"]) -> Float[Tensor, "*solution"]:
    r"""Least squares by the normal equations (Legendre 1805; linear_regression-normal-equations), by Cholesky's method.

    Solves $A^\top A X = A^\top B$. Forming $A^\top A$ squares the condition number; `lstsq` does not, and has the same
    arguments, result and errors.

    Args:
        A: one sample a row, shape (…, m, n), with linearly independent columns.
        B: what is to be matched, shape (…, m) or (…, m, k).

    Returns:
        The coefficients, shape (…, n) or (…, n, k).

    Raises:
        ValueError: the columns of A depend on each other, or the shapes do not fit.

    >>> A = torch.tensor([[1.0, 0.0], [1.0, 1.0], [1.0, 2.0]])
    >>> solve_normal_equations(A, torch.tensor([1.0, 3.0, 5.0])).round(decimals=3)
    tensor([1., 2.])
    """
    B, is_vector = _right_hand_sides(A, B)
    L, info = torch.linalg.cholesky_ex(A.mT @ A)
    if (info > 0).any():
        raise ValueError(f"A'A is singular to rounding: the columns of A depend on each other; {_REMEDY}")
    solution = torch.cholesky_solve(A.mT @ B, L)
    return solution.squeeze(-1) if is_vector else solution


# --8<-- [start:lstsq]
def lstsq(A: Float[Tensor, "*batch m n"], B: Float[Tensor, "*rhs"]) -> Float[Tensor, "*solution"]:
    r"""Least squares by the QR decomposition (Golub 1965; linear_regression-qr): solves $R X = Q^\top B$ for $A = Q R$.

    The `solution` of `torch.linalg.lstsq` with driver "gels", which also assumes independent columns.

    Args:
        A: design matrix, one sample a row, shape (..., m, n) with m ≥ n.
        B: right-hand sides as columns, shape (..., m, k), or a single one, shape (..., m).

    Returns:
        The minimisers of $\lVert A X - B \rVert$, shape (..., n, k), or (..., n) for a single right-hand side.

    Raises:
        ValueError: shapes do not fit, or the columns of A depend on each other, so that there is no single minimiser.

    >>> A = torch.tensor([[1.0, 0.0], [1.0, 1.0], [1.0, 2.0]])
    >>> lstsq(A, torch.tensor([1.0, 3.0, 5.0])).round(decimals=3)
    tensor([1., 2.])
    """
    B, is_vector = _right_hand_sides(A, B)
    Q, R = torch.linalg.qr(A)
    pivots = R.diagonal(dim1=-2, dim2=-1).abs()  # what of each column the earlier ones do not explain
    if (pivots <= A.shape[-2] * torch.finfo(A.dtype).eps * R.norm(dim=-2)).any():
        raise ValueError(f"the columns of A depend on each other, to rounding; {_REMEDY}")
    solution = torch.linalg.solve_triangular(R, Q.mT @ B, upper=True)
    return solution.squeeze(-1) if is_vector else solution


# --8<-- [end:lstsq]


def pinv(A: Float[Tensor, "*batch m n"], *, rtol: float | None = None) -> Float[Tensor, "*batch n m"]:
    r"""Pseudo-inverse (Penrose 1955; linear_regression-pinv): $V \Sigma^{-1} U^\top$, of the singular values above 0.

    `pinv(A) @ B` is the least-squares solution, the shortest one where there are many. As `torch.linalg.pinv`, but
    gradients need distinct singular values above 0.

    Args:
        A: any matrix, shape (..., m, n).
        rtol: singular values up to `rtol` times the largest count as 0; by default max(m, n) times the dtype's epsilon.

    Returns:
        The pseudo-inverse, shape (..., n, m).

    >>> pinv(torch.tensor([[1.0, 1.0], [1.0, 1.0]]))
    tensor([[0.2500, 0.2500],
            [0.2500, 0.2500]])
    """
    if A.numel() == 0:
        return A.mT.clone()
    U, S, Vh = torch.linalg.svd(A, full_matrices=False)
    rtol = max(A.shape[-2:]) * torch.finfo(A.dtype).eps if rtol is None else rtol
    kept = rtol * S.amax(dim=-1, keepdim=True) < S
    inverse = kept / S.where(kept, 1)
    return Vh.mT @ (inverse.unsqueeze(-1) * U.mT)


def hat_matrix(A: Float[Tensor, "*batch m n"]) -> Float[Tensor, "*batch m m"]:
    r"""Orthogonal projection onto the columns of A (linear_regression-hat): $A (A^\top A)^{-1} A^\top = Q Q^\top$.

    It puts the hat on y (Hoaglin and Welsch 1978): fitted values are `hat_matrix(A) @ y`. Its diagonal: leverages.

    Args:
        A: design matrix with independent columns, shape (..., m, n) with m ≥ n.

    Returns:
        Symmetric matrix of shape (..., m, m) with n eigenvalues 1 and the others 0.

    >>> hat_matrix(torch.ones(2, 1))
    tensor([[0.5000, 0.5000],
            [0.5000, 0.5000]])
    """
    Q, _ = torch.linalg.qr(A)
    return Q @ Q.mT


# --8<-- [start:categories]
def one_hot(tensor: Int64[Tensor, "*shape"], num_classes: int = -1) -> Int64[Tensor, "*shape classes"]:
    r"""Indicators $[s = k]$ of categories (linear_regression-indicator-model), as `torch.nn.functional.one_hot`.

    Args:
        tensor: indices of categories from 0, int64, of any shape.
        num_classes: how many categories there are; by default one more than the largest index.

    Returns:
        Indicators 0 or 1, int64, of the shape of `tensor` and one more dimension of size `num_classes`.

    Raises:
        ValueError: an index is negative or no category, or there is none to tell the number from.

    >>> one_hot(torch.tensor([0, 2]))
    tensor([[1, 0, 0],
            [0, 0, 1]])
    """
    if num_classes == -1:
        if tensor.numel() == 0:
            raise ValueError("tensor is empty, so it does not tell the number of categories; give num_classes")
        num_classes = int(tensor.max()) + 1
    if tensor.numel() and not 0 <= int(tensor.min()) <= int(tensor.max()) < num_classes:
        raise ValueError(
            f"indices must be between 0 and {num_classes - 1}, got {int(tensor.min())} to {int(tensor.max())}"
        )
    return (tensor.unsqueeze(-1) == torch.arange(num_classes, device=tensor.device)).long()


def interactions(
    indicators: Shaped[Tensor, "*batch S"], input: Float[Tensor, "*batch d"]
) -> Float[Tensor, "*batch classes_d"]:
    r"""Every feature once per category (linear_regression-one-hot-model): products $u_s x_j$, by category.

    Args:
        indicators: one-hot rows, shape (..., S).
        input: features, shape (..., d); with a column of ones every category gets its own intercept.

    Returns:
        Features of shape (..., S d): zero but for the d of the sample's own category.

    Raises:
        ValueError: the leading sizes differ.

    >>> interactions(one_hot(torch.tensor([1, 0])), torch.tensor([[1.0, 5.0], [1.0, 7.0]]))
    tensor([[0., 0., 1., 5.],
            [1., 7., 0., 0.]])
    """
    if indicators.shape[:-1] != input.shape[:-1]:
        raise ValueError(
            f"indicators and input must have as many rows, got {tuple(indicators.shape)} and {tuple(input.shape)}"
        )
    return (indicators.unsqueeze(-1) * input.unsqueeze(-2)).flatten(-2)


# --8<-- [end:categories]


def _check_targets(input: Tensor, target: Tensor) -> None:
    if input.shape != target.shape:
        raise ValueError(
            f"input and target must have one shape, got {tuple(input.shape)} and {tuple(target.shape)}; "
            "reshape one of them, for instance with squeeze(-1)"
        )


def _reduce(loss: Tensor, reduction: str) -> Tensor:
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(f'reduction must be "none", "mean" or "sum", got {reduction!r}')
    return loss if reduction == "none" else getattr(loss, reduction)()
