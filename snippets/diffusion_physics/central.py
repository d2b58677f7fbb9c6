"""Flux by central differences in cells that are too wide for the force: negative probabilities."""

import torch

from dlnotes.diffusion_physics import boltzmann, transition_rates

x = torch.linspace(-1.75, 1.75, 8, dtype=torch.float64)
potential = 8 * x**2  # k_BT = 1
climb = potential.diff()
print(f"steepest climb between neighbours: {climb.abs().max():.1f} k_BT")
#> steepest climb between neighbours: 12.0 k_BT
central = ((1 - climb / 2).diag(-1) + (1 + climb / 2).diag(1)) / 0.5**2
central = central - central.sum(dim=0).diag()
stationary = torch.linalg.svd(central).Vh[-1]
stationary = stationary / stationary.sum()
print("central differences", [f"{p:.3f}" for p in stationary.tolist()])
#> central differences ['-0.099', '0.138', '-0.230', '0.691', '0.691', '-0.230', '0.138', '-0.099']
print("Boltzmann's law    ", [f"{p:.3f}" for p in boltzmann(potential, 1.0).tolist()])
#> Boltzmann's law     ['0.000', '0.000', '0.009', '0.491', '0.491', '0.009', '0.000', '0.000']
rates = transition_rates(potential, 0.5, 1.0, 1.0)
off_diagonal = ~torch.eye(len(central), dtype=torch.bool)
print(f"least rate: central {central[off_diagonal].min():.0f}, exponential fit {rates[off_diagonal].min():.0f}")
#> least rate: central -20, exponential fit 0
