"""Without friction a quadratic form of two successive points never changes."""

import torch

from dlnotes import check
from dlnotes.momentum import heavy_ball

h = 0.7
e = heavy_ball(lambda w: 0.5 * w**2, torch.tensor(1.0, dtype=torch.float64), h, 1.0, 1000)
conserved = e[1:] ** 2 + e[:-1] ** 2 - (2 - h) * e[1:] * e[:-1]
print(f"from {conserved.min():.10f} to {conserved.max():.10f}")
#> from 0.7000000000 to 0.7000000000
energy = 0.5 * e[1:].square() + 0.5 * e.diff().square() / h
print(f"energy from {energy.min():.3f} to {energy.max():.3f}")
#> energy from 0.353 to 0.860


def largest(h, e0, e1):
    """Complete the square: C = (e1 - (1 - h / 2) e0)² + (h - h² / 4) e0², for every two successive errors."""
    C = e1**2 + e0**2 - (2 - h) * e1 * e0
    return (C / (h - h**2 / 4)) ** 0.5


check("momentum.2", largest)
#> momentum.2: right. It agrees with the reference on all 20 inputs.
