"""The operators and functions of the dialect on numbers and float64 tensors.

A scalar is a Python number or a tensor without dimensions; a vector is a column, kept as a tensor of one dimension; a
row is a matrix (1, n). Only scalars broadcast. What does not fit raises ``ValueError`` saying so.
"""

import math
from collections.abc import Callable
from numbers import Number as PythonNumber

import torch
from torch import Tensor

Value = int | float | Tensor


def is_scalar(value: Value) -> bool:
    return not isinstance(value, Tensor) or value.ndim == 0


def shape_of(value: Value) -> tuple[int, ...]:
    return tuple(value.shape) if isinstance(value, Tensor) else ()


def tensor(value: Value) -> Tensor:
    return value if isinstance(value, Tensor) else torch.tensor(float(value), dtype=torch.float64)


def normal(value: Tensor) -> Tensor:
    """One row and column: a scalar; one column: a vector."""
    if value.ndim == 2 and value.shape[1] == 1:
        value = value[:, 0]
        return value[0] if len(value) == 1 else value
    return value[0] if value.shape == (1,) else value


def describe(value: Value) -> str:
    shape = shape_of(value)
    kinds = {0: "scalar", 1: "column vector", 2: "matrix"}
    return kinds[0] if not shape else f"{kinds.get(len(shape), 'tensor')} {tuple(shape)}"


def _elementwise(symbol: str, function: Callable) -> Callable[[Value, Value], Value]:
    def apply(left: Value, right: Value) -> Value:
        if not (is_scalar(left) or is_scalar(right)) and shape_of(left) != shape_of(right):
            raise ValueError(f"{describe(left)} {symbol} {describe(right)}: shapes differ, and only scalars broadcast")
        return function(left, right)

    return apply


add = _elementwise("+", lambda left, right: left + right)
hadamard = _elementwise("⊙", lambda left, right: left * right)
hadamard_quotient = _elementwise("⊘", lambda left, right: left / right)


def multiply(left: Value, right: Value) -> Value:
    """Product of scalars, matrices and column vectors."""
    if is_scalar(left) or is_scalar(right):
        return left * right
    if left.ndim == 1 and right.ndim == 1:
        raise ValueError("a column times a column: transpose one of them, or write \\odot")
    if left.ndim > 2 or right.ndim > 2:
        raise ValueError("a product needs vectors and matrices; write sums over indices for larger tensors")
    columns = left.shape[1] if left.ndim == 2 else 1
    if columns != right.shape[0]:
        raise ValueError(f"{describe(left)} times {describe(right)}: inner dimensions differ")
    matrix = left if left.ndim == 2 else left[:, None]
    return normal(matrix @ right)


def divide(left: Value, right: Value) -> Value:
    if not is_scalar(right):
        raise ValueError(f"division by a {describe(right)}: write \\oslash for elementwise division")
    return left / right


def power(base: Value, exponent: Value) -> Value:
    if not is_scalar(exponent):
        raise ValueError(f"the exponent is a {describe(exponent)}")
    if not is_scalar(base):
        if isinstance(exponent, int) and base.ndim == 2 and base.shape[0] == base.shape[1] and abs(exponent) <= 1000:
            return torch.linalg.matrix_power(base, exponent)
        raise ValueError(f"power of a {describe(base)}: write ^{{\\odot n}} for elementwise powers")
    return elementwise_power(base, exponent)


def elementwise_power(base: Value, exponent: Value) -> Value:
    if isinstance(base, int) and isinstance(exponent, int) and abs(base) < 1000 and 0 <= exponent < 100:
        return base**exponent
    if isinstance(base, Tensor) or isinstance(exponent, Tensor):
        return tensor(base) ** exponent
    result = float(base) ** float(exponent)
    if isinstance(result, complex):
        raise ValueError(f"{base} to the power {exponent} is not real")
    return result


def transpose(value: Value) -> Value:
    if is_scalar(value):
        return value
    if value.ndim > 2:
        raise ValueError(f"transpose of a {describe(value)}")
    return normal(value.T) if value.ndim == 2 else value[None, :]


def inverse(value: Value) -> Value:
    return 1 / value if is_scalar(value) else torch.linalg.inv(value)


def norm(value: Value, order: Value | None = None) -> Value:
    """Of a vector the p-norm (2 by default); of a matrix the Frobenius norm, with an order the operator norm."""
    value = tensor(value)
    if value.ndim == 2 and order is not None:
        return torch.linalg.matrix_norm(value, float(order))
    return torch.linalg.vector_norm(value, 2 if order is None else float(order))


def root(value: Value, order: Value = 2) -> Value:
    return torch.sqrt(tensor(value)) if order == 2 else elementwise_power(tensor(value), 1 / order)


def whole(function: Callable[[float], int], value: Value) -> Value:
    """floor or ceil."""
    if is_scalar(value):
        return function(tensor(value).item())
    return torch.floor(value) if function is math.floor else torch.ceil(value)


def factorial(value: Value) -> Value:
    if not isinstance(value, int) or not 0 <= value <= 170:
        raise ValueError(f"factorial of {value}")
    return math.factorial(value)


def binomial(n: Value, k: Value) -> Value:
    if not (isinstance(n, int) and isinstance(k, int) and k >= 0 and 0 <= n <= 1000):
        raise ValueError(f"binomial coefficient of {n} and {k}")
    return math.comb(n, k)


def inner(left: Value, right: Value) -> Value:
    return tensor(hadamard(left, right)).sum()


def diag(value: Tensor) -> Tensor:
    """Vector to diagonal matrix, square matrix to its diagonal."""
    return torch.diag(value)


def trace(value: Tensor) -> Tensor:
    return value if is_scalar(value) else torch.trace(value)


def extremum(function: Callable) -> Callable[..., Value]:
    def apply(*values: Value) -> Value:
        if len(values) == 1:
            return getattr(tensor(values[0]), function.__name__.removesuffix("imum"))()
        left, *rest = map(tensor, values)
        for right in rest:
            left = _elementwise(function.__name__, function)(left, right)
        return left

    return apply


OPERATORS: dict[str, Callable[..., Value]] = {
    "neg": lambda value: -value,
    "·": multiply, "/": divide, "frac": divide, "⊙": hadamard, "⊘": hadamard_quotient,
    "power": power, "elementwise power": elementwise_power, "transpose": transpose, "inverse": inverse,
    "pseudoinverse": torch.linalg.pinv, "norm": norm, "abs": abs, "root": root, "!": factorial, "binomial": binomial,
    "floor": lambda value: whole(math.floor, value), "ceil": lambda value: whole(math.ceil, value),
    "inner": inner, "trace": trace, "indicator": int,
}  # fmt: skip

FUNCTIONS: dict[str, Callable[..., Value]] = {
    r"\exp": torch.exp, r"\log": torch.log, r"\ln": torch.log, r"\log_{2}": torch.log2, r"\log_{10}": torch.log10,
    r"\sin": torch.sin, r"\cos": torch.cos, r"\tan": torch.tan, r"\tanh": torch.tanh, r"\sinh": torch.sinh,
    r"\cosh": torch.cosh, r"\max": extremum(torch.maximum), r"\min": extremum(torch.minimum), r"\det": torch.linalg.det,
    r"\operatorname{diag}": diag, r"\operatorname{tr}": trace, r"\operatorname{sign}": torch.sign,
    r"\mathbb{1}": lambda condition: int(bool(condition)),
}  # fmt: skip

CONSTANTS: dict[str, Value] = {"e": math.e, r"\mathrm{e}": math.e, r"\pi": math.pi, r"\infty": math.inf}


def close(left: Value, right: Value, tolerance: float) -> bool:
    """Equal up to rounding, relative to the largest entry; NaN and infinities are equal to nothing."""
    left, right = tensor(left).detach(), tensor(right).detach()
    scale = max(left.abs().max().item(), right.abs().max().item()) if left.numel() else 0.0
    return bool(((left - right).abs() <= tolerance * scale + 1e-12).all()) and math.isfinite(scale)


def is_number(value: object) -> bool:
    return isinstance(value, PythonNumber) and not isinstance(value, complex)
