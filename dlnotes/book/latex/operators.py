"""The operators and functions of the dialect on numbers and float64 tensors.

A scalar is a Python number or a tensor without dimensions; a vector is a column, kept as a tensor of one dimension; a
row is a matrix (1, n). Only scalars broadcast. What does not fit raises ``ValueError`` saying so.
"""

import math
import operator
from collections.abc import Callable
from functools import reduce

import torch
from torch import Tensor

Value = int | float | Tensor


def tensor(value: Value) -> Tensor:
    return value if isinstance(value, Tensor) else torch.tensor(float(value), dtype=torch.float64)


def shape_of(value: Value) -> tuple[int, ...]:
    return tuple(value.shape) if isinstance(value, Tensor) else ()


def is_scalar(value: Value) -> bool:
    return not isinstance(value, Tensor) or value.ndim == 0


def describe(value: Value) -> str:
    kinds = {0: "scalar", 1: "column vector", 2: "matrix"}
    shape = shape_of(value)
    return f"{kinds.get(len(shape), 'tensor')} {shape or ''}".rstrip()


def normal(value: Tensor) -> Tensor:
    """One row and column: a scalar; one column: a vector."""
    value = value[:, 0] if value.ndim == 2 and value.shape[1] == 1 else value
    return value[0] if value.shape == (1,) else value


def close(left: Value, right: Value, tolerance: float) -> bool:
    """Equal up to rounding, relative to the largest entry; NaN and infinities are equal to nothing."""
    left, right = tensor(left).detach(), tensor(right).detach()
    scale = max(left.abs().max().item(), right.abs().max().item()) if left.numel() else 0.0
    return bool(((left - right).abs() <= tolerance * scale + 1e-12).all()) and math.isfinite(scale)


def elementwise(symbol: str, function: Callable) -> Callable[..., Value]:
    """The operator on two or more values of one shape, or scalars."""

    def apply(left: Value, right: Value) -> Value:
        if not (is_scalar(left) or is_scalar(right)) and left.shape != right.shape:
            raise ValueError(f"{describe(left)} {symbol} {describe(right)}: shapes differ, and only scalars broadcast")
        return function(left, right)

    return lambda *values: reduce(apply, values)


add, hadamard = elementwise("+", operator.add), elementwise("⊙", operator.mul)


def multiply(left: Value, right: Value) -> Value:
    """Product of scalars, matrices and column vectors."""
    if is_scalar(left) or is_scalar(right):
        return left * right
    if left.ndim == 1 and right.ndim == 1:
        raise ValueError("a column times a column: transpose one of them, or write \\odot")
    if left.ndim > 2 or right.ndim > 2:
        raise ValueError("a product needs vectors and matrices; write sums over indices for larger tensors")
    left = left[:, None] if left.ndim == 1 else left
    if left.shape[1] != right.shape[0]:
        raise ValueError(f"{describe(left)} times {describe(right)}: inner dimensions differ")
    return normal(left @ right)


def divide(left: Value, right: Value) -> Value:
    if not is_scalar(right):
        raise ValueError(f"division by a {describe(right)}: write \\oslash for elementwise division")
    return left / right


def power(base: Value, exponent: Value) -> Value:
    """Of scalars and, by whole exponents, of matrices."""
    if is_scalar(base) or not is_scalar(exponent):
        return elementwise_power(base, exponent)
    if base.ndim == 2 and isinstance(exponent, int) and abs(exponent) <= 1000:
        return torch.linalg.matrix_power(base, exponent)
    raise ValueError(f"power of a {describe(base)}: write ^{{\\odot n}} for elementwise powers")


def elementwise_power(base: Value, exponent: Value) -> Value:
    if not is_scalar(exponent):
        raise ValueError(f"the exponent is a {describe(exponent)}")
    is_small = isinstance(base, int) and isinstance(exponent, int) and abs(base) < 1000 and 0 <= exponent < 100
    return base**exponent if is_small else tensor(base) ** exponent


def transpose(value: Value) -> Value:
    if len(shape_of(value)) > 2:
        raise ValueError(f"transpose of a {describe(value)}")
    return value if is_scalar(value) else value[None, :] if value.ndim == 1 else normal(value.T)


def norm(value: Value, order: Value | None = None) -> Value:
    """Of a vector the p-norm, 2 by default; of a matrix the Frobenius norm, with an order the operator norm."""
    function = torch.linalg.vector_norm if order is None or len(shape_of(value)) < 2 else torch.linalg.matrix_norm
    return function(tensor(value), 2 if order is None else float(order))


OPERATORS: dict[str, Callable[..., Value]] = {
    "neg": operator.neg, "+": add, "product": lambda *factors: reduce(multiply, factors), "·": multiply,
    "⊙": hadamard, "⊘": elementwise("⊘", operator.truediv), "/": divide, "frac": divide, "power": power,
    "elementwise power": elementwise_power, "transpose": transpose, "pseudoinverse": torch.linalg.pinv, "norm": norm,
    "inverse": lambda value: 1 / value if is_scalar(value) else torch.linalg.inv(value),
    "trace": lambda value: value if is_scalar(value) else torch.trace(value), "abs": abs, "indicator": int,
    "inner": lambda left, right: tensor(hadamard(left, right)).sum(),
    "root": lambda value, order=2: torch.sqrt(tensor(value)) if order == 2 else tensor(value) ** (1 / order),
    "floor": lambda value: torch.floor(tensor(value)), "ceil": lambda value: torch.ceil(tensor(value)),
    "!": lambda n: math.factorial(n) if n <= 170 else math.inf,
    "binomial": lambda n, k: math.comb(n, k) if n <= 1000 else math.inf,
    "row": lambda *entries: torch.stack([tensor(entry) for entry in entries]),
    "matrix": lambda *rows: normal(torch.stack(rows)),
}  # fmt: skip
MAXIMUM, MINIMUM = elementwise("max", torch.maximum), elementwise("min", torch.minimum)
ON_TENSORS: dict[str, Callable[..., Value]] = {
    r"\exp": torch.exp, r"\log": torch.log, r"\log_{2}": torch.log2, r"\log_{10}": torch.log10, r"\sin": torch.sin,
    r"\cos": torch.cos, r"\tan": torch.tan, r"\tanh": torch.tanh, r"\sinh": torch.sinh, r"\cosh": torch.cosh,
    r"\max": lambda *values: MAXIMUM(*values) if values[1:] else values[0].max(),
    r"\min": lambda *values: MINIMUM(*values) if values[1:] else values[0].min(), r"\det": torch.linalg.det,
    r"\mathbb{1}": int, r"\operatorname{diag}": torch.diag, r"\operatorname{tr}": OPERATORS["trace"],
    r"\operatorname{sign}": torch.sign,
}  # fmt: skip
BUILTINS: dict[str, Callable | Value] = {
    **{name: lambda *v, function=function: function(*map(tensor, v)) for name, function in ON_TENSORS.items()},
    "e": math.e, r"\mathrm{e}": math.e, r"\pi": math.pi, r"\infty": math.inf,
}  # fmt: skip


def refutation(
    left: Value, sign: str, right: Value, tolerance: float, digit: float | None = None, gap: float | None = None
) -> str:
    """Why a relation between two values does not hold; the empty string where it does.

    digit: the last one of the right side, where that is a decimal literal. gap: how far from equality a bound may be.
    """
    if shape_of(left) != shape_of(right):
        return f"{describe(left)} on the left, {describe(right)} on the right"
    if sign == "∝" and is_scalar(left):
        raise ValueError("\\propto compares vectors; a scalar is proportional to everything")
    a, b = tensor(left).detach(), tensor(right).detach()
    slack = tolerance * max(1.0, float(b.abs().max())) if b.numel() else 0.0
    holds = {
        "=": lambda: close(a, b, tolerance), "≠": lambda: not close(a, b, tolerance),
        "≈": lambda: close(a, b, tolerance) if digit is None else bool((a - b).abs() <= digit / 2 * (1 + 1e-9)),
        "∝": lambda: close(a, b * (a.sum() / b.sum()), tolerance), "<": lambda: bool((a < b).all()),
        ">": lambda: bool((a > b).all()), "≤": lambda: bool((a <= b + slack).all()),
        "≥": lambda: bool((a >= b - slack).all()),
    }["=" if sign == "←" else sign]()  # fmt: skip
    if holds and (gap is None or sign not in "<≤≥>" or close(a, b, gap)):
        return ""
    shown = (", ".join(f"{x:.10g}" for x in side.reshape(-1)[:12].tolist()) for side in (a, b))
    problem = "the bound is not tight" if holds else f"the sides of {sign} differ"
    return "{}:\n    left  {}\n    right {}".format(problem, *shown)
