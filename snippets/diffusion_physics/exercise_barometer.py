"""Beads in water under gravity: the height at which their number has fallen by e, and the equation's answer."""

import math

import torch

from dlnotes import check
from dlnotes.diffusion_physics import fokker_planck, transition_rates

kT = 1.380649e-23 * 293.15  # J
radius, excess_density = 0.2e-6, 200.0  # m, kg/m³ more than water
weight = 4 / 3 * math.pi * radius**3 * excess_density * 9.81  # N
height = kT / weight
print(f"kT / weight = {1e6 * height:.0f} µm")
#> kT / weight = 62 µm

h = height / 20
x = h * (torch.arange(160, dtype=torch.float64) + 0.5)
D = kT / (6 * math.pi * 1.0e-3 * radius)
rates = transition_rates(weight * x, h, D, kT)
p = fokker_planck(torch.full((160,), 1 / 160, dtype=torch.float64), rates, step=600.0, steps=1000)  # s
print(f"after a week: ratio of neighbours {p[-1, 41] / p[-1, 40]:.4f}, Boltzmann's {math.exp(-1 / 20):.4f}")
#> after a week: ratio of neighbours 0.9512, Boltzmann's 0.9512
one_hour = p[6]
print(f"after an hour: {one_hour[:20].sum():.2f} in the lowest height, at the end {p[-1, :20].sum():.2f}")
#> after an hour: 0.23 in the lowest height, at the end 0.63
check("diffusion_physics.4", lambda G, kT, x: (kT / G, math.exp(-G * x / kT)))
#> diffusion_physics.4: right. It agrees with the reference on all 20 inputs.
