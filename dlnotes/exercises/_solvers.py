"""Solvers for the references: they find by search what the solutions derive."""

from collections.abc import Callable


def bisection(holds: Callable[[float], bool], low: float, high: float) -> float:
    """Where a condition that holds at low ceases to hold on the way to high."""
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low
