"""What the tests of all chapters share: random values in float64, which conftest.py seeds, and the check itself."""

from collections.abc import Callable

import torch
from torch import Tensor

from dlnotes.book.equations import eq


def rand(*shape: int) -> Tensor:
    """Standard normal numbers."""
    return torch.randn(shape, dtype=torch.float64)


def uniform(low: float, high: float) -> Tensor:
    """One number between low and high."""
    return low + (high - low) * torch.rand((), dtype=torch.float64)


def checker(topic: str) -> Callable[..., None]:
    """A function that checks the equations of a chapter: `check("jacobian", bindings)`."""

    def check(name: str, bindings: dict, **options) -> None:
        eq(f"{topic}-{name}").holds(bindings, **options)

    return check
