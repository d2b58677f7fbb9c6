"""In Boltzmann's law the two flows cancel at every point; at any other temperature they do not."""

import torch

from dlnotes.diffusion_physics import flux

x = torch.linspace(-1.5, 1.5, 7, dtype=torch.float64, requires_grad=True)
energy = 3 * (x**2 - 1) ** 2 + 0.5 * x
density = torch.exp(-energy)  # k_BT = 1, not normalised
(slope,) = torch.autograd.grad(density.sum(), x, retain_graph=True)
(force,) = torch.autograd.grad(-energy.sum(), x)
density = density.detach()
drift, diffusion = flux(density, 0 * slope, force, 1.0, 1.0), flux(density, slope, 0 * force, 1.0, 1.0)
print("drift    ", [f"{j:6.3f}" for j in drift.tolist()])
#> drift     [' 0.429', '-0.824', '-1.188', '-0.025', ' 0.576', '-0.303', '-0.100']
print("diffusion", [f"{j:6.3f}" for j in diffusion.tolist()])
#> diffusion ['-0.429', ' 0.824', ' 1.188', ' 0.025', '-0.576', ' 0.303', ' 0.100']
print(f"largest sum {(drift + diffusion).abs().max():.3f}")
#> largest sum 0.000
print(f"in a bath of temperature 2: {flux(density, slope, force, 1.0, 2.0).abs().max():.3f}")
#> in a bath of temperature 2: 0.594
