"""Fick's law, counted: hops of ±h across a wall, in a density that rises to the right."""

import torch

h, tau = 0.01, 1e-4
D = h**2 / (2 * tau)
ranks = (torch.arange(4_000_000, dtype=torch.float64) + 0.5) / 4_000_000
x = (0.25 + 2 * ranks).sqrt() - 0.5  # particles of the density 0.5 + x between 0 and 1
hops = torch.full_like(x, h)
hops[::2] = -h  # every other one goes to the left
wall = 0.6
to_the_right = ((x < wall) & (x + hops > wall)).double().mean() / tau
to_the_left = ((x > wall) & (x + hops < wall)).double().mean() / tau
print(f"right {to_the_right:.2f}, left {to_the_left:.2f} per unit of time")
#> right 54.75, left 55.25 per unit of time
print(f"net {to_the_right - to_the_left:.2f}, Fick's law {-D:.2f}")
#> net -0.50, Fick's law -0.50
