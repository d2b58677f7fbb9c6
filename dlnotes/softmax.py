"""Softmax, cross entropy and softmax regression, by the formulas that the chapter derives.

Names, argument order and semantics are those of `torch` and `torch.nn.functional`. Everything works in the log
domain where a probability could underflow, and subtracts the largest score before it exponentiates.
"""

# --8<-- [start:imports]
import torch
from jaxtyping import Float, Shaped
from torch import Tensor

# --8<-- [end:imports]


# --8<-- [start:shift]
def _largest(input: Tensor, dim: int | tuple[int, ...]) -> Tensor:
    """The largest score along `dim`, a constant to autograd: the results do not depend on it (softmax-shift)."""
    if not input.is_floating_point():
        raise TypeError(f"input must be a floating-point tensor, got {input.dtype}; convert it with input.float()")
    if input.numel() == 0:
        return input.new_zeros(())
    return input.detach().amax(dim, keepdim=True)


# --8<-- [end:shift]


def softmax(input: Float[Tensor, "*shape"], dim: int) -> Float[Tensor, "*shape"]:
    r"""Scores to probabilities (Bridle 1990; softmax-definition): $a_k = \exp(z_k) / \sum_j \exp(z_j)$ along `dim`.

    Args:
        input: scores (logits) of any shape; a score has no unit, a difference of two is a log-odds.
        dim: the dimension that runs over the classes.

    Returns:
        Probabilities of the same shape; they sum to 1 along `dim`.

    Raises:
        TypeError: `input` is not floating-point.

    >>> softmax(torch.tensor([1.0, 2.0, 3.0]), dim=0)
    tensor([0.0900, 0.2447, 0.6652])
    """
    u = (input - _largest(input, dim)).exp()
    return u / u.sum(dim, keepdim=True)


def logsumexp(
    input: Float[Tensor, "*shape"], dim: int | tuple[int, ...], keepdim: bool = False
) -> Float[Tensor, "*reduced"]:
    r"""Logarithm of a sum of exponentials (softmax-lse-shift): $m + \log\sum_j \exp(z_j - m)$ with $m = \max_j z_j$.

    Args:
        input: scores of any shape.
        dim: the dimension or dimensions to sum over.
        keepdim: keep them, with size 1.

    Returns:
        `input` reduced over `dim`; `-inf` where there is nothing to sum.

    Raises:
        TypeError: `input` is not floating-point.

    >>> logsumexp(torch.tensor([1000.0, 1000.0]), dim=0)
    tensor(1000.6932)
    """
    m = _largest(input, dim)
    m = m.masked_fill(m.isinf(), 0.0)  # inf - inf would be nan; exp(±inf) alone gives the right limit
    result = m + (input - m).exp().sum(dim, keepdim=True).log()
    return result if keepdim else result.squeeze(dim)


# --8<-- [start:log_softmax]
def log_softmax(input: Float[Tensor, "*shape"], dim: int) -> Float[Tensor, "*shape"]:
    r"""Log-probabilities (softmax-log-stable): $\log a_k = (z_k - m) - \log\sum_j \exp(z_j - m)$ along `dim`.

    The largest score is subtracted first: `input - logsumexp(input)` would round to the precision of the scores.

    Args:
        input: scores of any shape.
        dim: the dimension that runs over the classes.

    Returns:
        Logarithms of probabilities, in nats, of the same shape.

    Raises:
        TypeError: `input` is not floating-point.

    >>> log_softmax(torch.tensor([1000.0, 0.0]), dim=0)
    tensor([    0., -1000.])
    """
    shifted = input - _largest(input, dim)
    return shifted - shifted.exp().sum(dim, keepdim=True).log()


# --8<-- [end:log_softmax]


def softmax_jacobian(input: Float[Tensor, "*batch K"]) -> Float[Tensor, "*batch K K"]:
    r"""Derivative of softmax over the last dimension (softmax-jacobian): $\operatorname{diag}(a) - a a^\top$.

    Args:
        input: scores, shape (..., K).

    Returns:
        Jacobians, shape (..., K, K): entry (i, k) is the derivative of probability i by score k.

    Raises:
        TypeError: `input` is not floating-point.

    >>> softmax_jacobian(torch.zeros(2))
    tensor([[ 0.2500, -0.2500],
            [-0.2500,  0.2500]])
    """
    a = softmax(input, dim=-1)
    return torch.diag_embed(a) - a.unsqueeze(-1) * a.unsqueeze(-2)


# --8<-- [start:softmax_vjp]
def softmax_vjp(
    grad_output: Float[Tensor, "*shape"], output: Float[Tensor, "*shape"], dim: int
) -> Float[Tensor, "*shape"]:
    r"""Gradient by the scores from that by the probabilities (softmax-vjp): $a \odot (g - (a^\top g)\mathbf{1})$.

    The Jacobian is symmetric and never built: O(K) operations and memory in place of O(K²).

    Args:
        grad_output: gradient of a scalar by the probabilities.
        output: the probabilities, softmax of the scores along `dim`.
        dim: the dimension that runs over the classes.

    Returns:
        Gradient of the scalar by the scores, of the same shape.

    Raises:
        ValueError: the shapes differ.

    >>> softmax_vjp(torch.tensor([1.0, 0.0]), torch.tensor([0.5, 0.5]), dim=0)
    tensor([ 0.2500, -0.2500])
    """
    if grad_output.shape != output.shape:
        raise ValueError(
            f"grad_output and output must have one shape, got {tuple(grad_output.shape)} and {tuple(output.shape)}"
        )
    return output * (grad_output - (output * grad_output).sum(dim, keepdim=True))


# --8<-- [end:softmax_vjp]


def entropy(probs: Float[Tensor, "*shape"], dim: int) -> Float[Tensor, "*reduced"]:
    r"""Entropy of distributions (Shannon 1948; softmax-entropy): $H(p) = -\sum_k p_k \log p_k$, with $0 \log 0 = 0$.

    Args:
        probs: probabilities, summing to 1 along `dim`.
        dim: the dimension that runs over the outcomes.

    Returns:
        Entropy in nats, without `dim`.

    >>> entropy(torch.tensor([0.5, 0.5, 0.0]), dim=0)
    tensor(0.6931)
    """
    return torch.special.entr(probs).sum(dim)


def cross_entropy(
    input: Float[Tensor, "*scores"],
    target: Shaped[Tensor, "*target"],
    *,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Float[Tensor, "*loss"]:
    r"""Cross entropy of scores and targets (softmax-cross-entropy): $-\sum_k y_k \log a_k$, a = softmax(z).

    As `torch.nn.functional.cross_entropy`, without `weight` and `ignore_index`.

    Args:
        input: scores, shape (K,), (N, K) or (N, K, d1, …).
        target: class indices (int64, the shape of `input` without K) or probabilities (the shape of `input`).
        reduction: "mean" over the samples, "sum", or "none" for one loss a sample.
        label_smoothing: the share ε of the target that is spread evenly over all K classes, in [0, 1].

    Returns:
        Loss in nats: a scalar, or for "none" the shape of `input` without K.

    Raises:
        TypeError: `input` is not floating-point, or `target` neither int64 nor floating-point.
        ValueError: shapes do not fit, an index is no class, `reduction` is unknown, ε is not in [0, 1].

    >>> cross_entropy(torch.tensor([[2.0, 0.0], [0.0, 0.0]]), torch.tensor([0, 1]))
    tensor(0.4100)
    """
    _check_cross_entropy(input, target, reduction, label_smoothing)
    dim = 0 if input.ndim == 1 else 1
    log_probs = log_softmax(input, dim)
    if target.is_floating_point():
        loss = -(target * log_probs).sum(dim)
    else:
        loss = -log_probs.gather(dim, target.unsqueeze(dim)).squeeze(dim)
    if label_smoothing:  # (softmax-label-smoothing)
        loss = (1 - label_smoothing) * loss - label_smoothing * log_probs.mean(dim)
    return loss if reduction == "none" else getattr(loss, reduction)()


def _check_cross_entropy(input: Tensor, target: Tensor, reduction: str, label_smoothing: float) -> None:
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(f'reduction must be "none", "mean" or "sum", got {reduction!r}')
    if not 0.0 <= label_smoothing <= 1.0:
        raise ValueError(f"label_smoothing must be between 0 and 1, got {label_smoothing}")
    if input.ndim == 0:
        raise ValueError("input must have shape (K,), (N, K) or (N, K, d1, ...), got a single number")
    per_sample = input.shape[:0] if input.ndim == 1 else input.shape[:1] + input.shape[2:]
    if target.is_floating_point():
        if target.shape != input.shape:
            raise ValueError(
                f"probability targets must have the shape of input {tuple(input.shape)}, got {tuple(target.shape)}; "
                "class indices must be int64"
            )
        return
    if target.dtype != torch.int64:
        raise TypeError(f"target must be int64 (class indices) or floating-point (probabilities), got {target.dtype}")
    if target.shape != per_sample:
        raise ValueError(
            f"class indices for input {tuple(input.shape)} must have shape {tuple(per_sample)}, "
            f"got {tuple(target.shape)}"
        )
    classes = input.shape[0 if input.ndim == 1 else 1]
    if target.numel() and not 0 <= int(target.min()) <= int(target.max()) < classes:
        raise ValueError(
            f"class indices must be between 0 and {classes - 1}, got {int(target.min())} to {int(target.max())}; "
            "ignore_index is not supported, leave such samples out"
        )


def softmax_regression_gradient(
    input: Float[Tensor, "*batch N D"],
    target: Float[Tensor, "*batch N K"],
    weight: Float[Tensor, "*batch K D"],
    bias: Float[Tensor, "*batch K"],
) -> tuple[Float[Tensor, "*batch K D"], Float[Tensor, "*batch K"]]:
    r"""Gradient of the mean cross entropy of a linear classifier (softmax-weight-gradient), (softmax-bias-gradient).

    With $A = \operatorname{softmax}(X W^\top + 1 b^\top)$: $(A - Y)^\top X / N$ and $(A - Y)^\top 1 / N$. Leading
    dimensions hold independent classifiers, for instance one a seed.

    Args:
        input: samples as rows, shape (..., N, D).
        target: probabilities (one-hot or soft), one row a sample, each summing to 1, shape (..., N, K).
        weight: one row a class, shape (..., K, D), as in `torch.nn.Linear`.
        bias: shape (..., K).

    Returns:
        Gradients by `weight` and by `bias`, of their shapes.

    Raises:
        ValueError: there is no sample to take the mean of.

    >>> x, y = torch.tensor([[1.0, 2.0]]), torch.tensor([[1.0, 0.0]])
    >>> softmax_regression_gradient(x, y, torch.zeros(2, 2), torch.zeros(2))
    (tensor([[-0.5000, -1.0000],
            [ 0.5000,  1.0000]]), tensor([-0.5000,  0.5000]))
    """
    samples = input.shape[-2]
    if samples == 0:
        raise ValueError(f"input must hold at least one sample, got shape {tuple(input.shape)}")
    error = softmax(input @ weight.mT + bias.unsqueeze(-2), dim=-1) - target
    return error.mT @ input / samples, error.mean(dim=-2)
