"""Three rules for the rates between cells: all keep Boltzmann's law; only one has the right drift up a steep slope."""

import math

import torch

from dlnotes import check
from dlnotes.diffusion_physics import bernoulli, boltzmann

x = torch.linspace(-1.5, 1.5, 31, dtype=torch.float64)
potential = 3 * (x**2 - 1) ** 2
rules = {
    "Bernoulli": bernoulli,
    "square root": lambda w: torch.exp(-w / 2),
    "Metropolis": lambda w: torch.exp(-w).clamp(max=1),
    "1 - w / 2": lambda w: 1 - w / 2,
}
for name, rule in rules.items():
    climb = potential.diff()
    rates = rule(climb).diag(-1) + rule(-climb).diag(1)
    rates = rates - rates.sum(dim=0).diag()
    change = (rates @ boltzmann(potential, 1.0)).abs().max()
    steep = torch.tensor(3.0, dtype=torch.float64)
    print(f"{name:11} change of Boltzmann's law {change:.4f}, drift at w = 3: {rule(steep) - rule(-steep):.2f}")
#> Bernoulli   change of Boltzmann's law 0.0000, drift at w = 3: -3.00
#> square root change of Boltzmann's law 0.0000, drift at w = 3: -4.26
#> Metropolis  change of Boltzmann's law 0.0000, drift at w = 3: -0.95
#> 1 - w / 2   change of Boltzmann's law 0.0014, drift at w = 3: -3.00


def drifts(w):
    return -w, -2 * math.sinh(w / 2), -math.copysign(1 - math.exp(-abs(w)), w)


check("diffusion_physics.1", drifts)
#> diffusion_physics.1: right. It agrees with the reference on all 20 inputs.
