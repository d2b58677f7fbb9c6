"""The operators and functions of the dialect on numbers and float64 tensors.

A scalar is a Python number or a tensor without dimensions; a vector is a column, kept as a tensor of one dimension; a
row is a matrix (1, n). Only scalars broadcast. What does not fit raises ``ValueError`` saying so.
"""

import math
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
    shape = shape_of(value)
    return f"{('column vector', 'matrix', 'tensor')[min(len(shape), 3) - 1]} {shape}" if shape else "scalar"


def normal(value: Tensor) -> Tensor:
    """One row and column: a scalar; one column: a vector."""
    value = value[:, 0] if value.ndim == 2 and value.shape[1] == 1 else value
    return value[0] if value.shape == (1,) else value


def close(left: Value, right: Value, tolerance: float) -> bool:
    """Equal up to rounding, relative to the largest entry; NaN and infinities are equal to nothing."""
    left, right = tensor(left).detach(), tensor(right).detach()
    scale = max(left.abs().max().item(), right.abs().max().item()) if left.numel() else 0.0
    return bool(((left - right).abs() <= tolerance * scale + 1e-12).all()) and math.isfinite(scale)


def _elementwise(symbol: str, function: Callable) -> Callable[[Value, Value], Value]:
    def apply(left: Value, right: Value) -> Value:
        if not (is_scalar(left) or is_scalar(right)) and left.shape != right.shape:
            raise ValueError(f"{describe(left)} {symbol} {describe(right)}: shapes differ, and only scalars broadcast")
        return function(left, right)

    return apply


add = _elementwise("+", lambda left, right: left + right)
hadamard = _elementwise("⊙", lambda left, right: left * right)


def multiply(left: Value, right: Value) -> Value:
    """Product of scalars, matrices and column vectors."""
    if is_scalar(left) or is_scalar(right):
        return left * right
    if left.ndim == 1 and right.ndim == 1:
        raise ValueError("a column times a column: transpose one of them, or write \\odot")
    if left.ndim > 2 or right.ndim > 2:
        raise ValueError("a product needs vectors and matrices; write sums over indices for larger tensors")
    matrix = left[:, None] if left.ndim == 1 else left
    if matrix.shape[1] != right.shape[0]:
        raise ValueError(f"{describe(left)} times {describe(right)}: inner dimensions differ")
    return normal(matrix @ right)


def divide(left: Value, right: Value) -> Value:
    if not is_scalar(right):
        raise ValueError(f"division by a {describe(right)}: write \\oslash for elementwise division")
    return left / right


def power(base: Value, exponent: Value) -> Value:
    if is_scalar(base):
        return elementwise_power(base, exponent)
    if base.ndim == 2 and isinstance(exponent, int) and abs(exponent) <= 1000:
        return torch.linalg.matrix_power(base, exponent)
    raise ValueError(f"power {exponent} of a {describe(base)}: write ^{{\\odot n}} for elementwise powers")


def elementwise_power(base: Value, exponent: Value) -> Value:
    if not is_scalar(exponent):
        raise ValueError(f"the exponent is a {describe(exponent)}")
    if isinstance(base, int) and isinstance(exponent, int) and abs(base) < 1000 and 0 <= exponent < 100:
        return base**exponent
    return tensor(base) ** exponent


def transpose(value: Value) -> Value:
    if len(shape_of(value)) > 2:
        raise ValueError(f"transpose of a {describe(value)}")
    return value if is_scalar(value) else value[None, :] if value.ndim == 1 else normal(value.T)


def norm(value: Value, order: Value | None = None) -> Value:
    """Of a vector the p-norm, 2 by default; of a matrix the Frobenius norm, with an order the operator norm."""
    value = tensor(value)
    if order is None or value.ndim < 2:
        return torch.linalg.vector_norm(value, 2 if order is None else float(order))
    return torch.linalg.matrix_norm(value, float(order))


def counted(function: Callable[..., int]) -> Callable[..., int]:
    """factorial or binomial, of small whole numbers."""

    def apply(*values: Value) -> int:
        if not all(isinstance(value, int) and 0 <= value <= 1000 for value in values):
            raise ValueError(f"{function.__name__} of {', '.join(map(str, values))}")
        return function(*values)

    return apply


def whole(function: Callable[[float], int]) -> Callable[[Value], Value]:
    """floor or ceil."""
    each = getattr(torch, function.__name__)
    return lambda value: function(tensor(value).item()) if is_scalar(value) else each(value)


def extremum(name: str) -> Callable[..., Value]:
    """max or min of several values, or of the entries of one."""
    larger = _elementwise(name, getattr(torch, f"{name}imum"))
    return lambda *values: reduce(larger, values) if len(values) > 1 else getattr(values[0], name)()


OPERATORS: dict[str, Callable[..., Value]] = {
    "neg": lambda value: -value, "+": lambda *terms: reduce(add, terms), "·": multiply, "/": divide, "frac": divide,
    "product": lambda *factors: reduce(multiply, factors), "⊙": hadamard,
    "⊘": _elementwise("⊘", lambda left, right: left / right),
    "power": power, "elementwise power": elementwise_power, "transpose": transpose,
    "inverse": lambda value: 1 / value if is_scalar(value) else torch.linalg.inv(value),
    "pseudoinverse": torch.linalg.pinv, "norm": norm,
    "trace": lambda value: value if is_scalar(value) else torch.trace(value),
    "inner": lambda left, right: tensor(hadamard(left, right)).sum(), "abs": abs,
    "root": lambda value, order=2: torch.sqrt(tensor(value)) if order == 2 else tensor(value) ** (1 / order),
    "!": counted(math.factorial), "binomial": counted(math.comb), "floor": whole(math.floor), "ceil": whole(math.ceil),
    "indicator": int, "row": lambda *entries: torch.stack([tensor(entry) for entry in entries]),
    "matrix": lambda *rows: normal(torch.stack(rows)),
}  # fmt: skip

FUNCTIONS: dict[str, Callable[..., Value]] = {
    r"\exp": torch.exp, r"\log": torch.log, r"\log_{2}": torch.log2, r"\log_{10}": torch.log10, r"\sin": torch.sin,
    r"\cos": torch.cos, r"\tan": torch.tan, r"\tanh": torch.tanh, r"\sinh": torch.sinh, r"\cosh": torch.cosh,
    r"\max": extremum("max"), r"\min": extremum("min"), r"\det": torch.linalg.det, r"\mathbb{1}": int,
    r"\operatorname{diag}": torch.diag, r"\operatorname{tr}": OPERATORS["trace"],
    r"\operatorname{sign}": torch.sign,
}  # fmt: skip
FUNCTIONS = {name: lambda *v, function=function: function(*map(tensor, v)) for name, function in FUNCTIONS.items()}
CONSTANTS: dict[str, Value] = {"e": math.e, r"\mathrm{e}": math.e, r"\pi": math.pi, r"\infty": math.inf}


def refutation(
    left: Value, sign: str, right: Value, tolerance: float, unit: float | None = None, gap: float | None = None
) -> str:
    """Why a relation between two values does not hold; the empty string where it does.

    unit: of the last digit, where the right side is a decimal literal. gap: how far from equality a bound may be.
    """
    if shape_of(left) != shape_of(right):
        return f"{describe(left)} on the left, {describe(right)} on the right"
    a, b = tensor(left).detach(), tensor(right).detach()
    sides = f":\n    left  {_show(a)}\n    right {_show(b)}"
    if sign == "∝":
        if a.ndim == 0:
            raise ValueError("\\propto compares vectors; a scalar is proportional to everything")
        holds = close(a, b * (a.sum() / b.sum()), tolerance)
    elif sign == "≈" and unit is not None:
        holds = bool((a - b).abs() <= unit / 2 * (1 + 1e-9))
    elif sign in "=≈←⇔":
        holds = close(a, b, tolerance)
    elif sign == "≠":
        holds = not close(a, b, tolerance)
    else:
        excess = b - a if sign in "≤<⇒" else a - b
        holds = bool((excess > 0 if sign in "<>" else excess >= -tolerance * max(1.0, float(b.abs().max()))).all())
        if holds and gap is not None and not close(a, b, gap):
            return f"the bound is not tight{sides}"
    return "" if holds else f"the sides of {sign} differ{sides}"


def _show(value: Tensor) -> str:
    shown = [f"{entry:.10g}" for entry in value.reshape(-1)[:12].tolist()]
    return ", ".join(shown) + (", …" if value.numel() > 12 else "") + (f"   {tuple(value.shape)}" if value.ndim else "")
