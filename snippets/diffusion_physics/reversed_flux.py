"""The reversed force turns the flux round exactly, at every place, whatever the force and the density."""

import torch

from dlnotes.diffusion_physics import Mixture, flux, reversed_force

p = Mixture(*torch.tensor([[0.3, 0.7], [-1.0, 1.0], [0.1, 0.4]], dtype=torch.float64))
x = torch.linspace(-2, 2, 5, dtype=torch.float64)
density, score = p.log_density(x).exp(), p.score(x)
force = torch.sin(3 * x)
D, kT = 0.6, 1.7


def j(f):
    return flux(density, density * score, f, D, kT)


print("flux        ", [f"{value:7.4f}" for value in j(force).tolist()])
#> flux         ['-0.0151', '-0.0279', '-0.1745', ' 0.0220', ' 0.1773']
print("reversed    ", [f"{value:7.4f}" for value in j(reversed_force(force, score, kT)).tolist()])
#> reversed     [' 0.0151', ' 0.0279', ' 0.1745', '-0.0220', '-0.1773']
print("only -f     ", [f"{value:7.4f}" for value in j(-force).tolist()])
#> only -f      ['-0.0156', ' 0.0101', '-0.1745', '-0.0220', ' 0.2022']
