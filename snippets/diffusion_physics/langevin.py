"""Particles in two wells, each by itself, after a long time: where Boltzmann's law puts them."""

import torch

from dlnotes.diffusion_physics import euler_maruyama


def drift(x, t):
    return -(12 * x * (x**2 - 1) + 0.5)  # the force of 3 (x² - 1)² + x / 2, at D = k_BT = 1


start = torch.linspace(-1.5, 1.5, 20_000)
times = 0.005 * torch.arange(2001)
x = euler_maruyama(drift, start, times, 1.0, torch.Generator().manual_seed(0))[-1]
grid = torch.linspace(-3, 3, 6001)
law = torch.softmax(-(3 * (grid**2 - 1) ** 2 + 0.5 * grid), 0)
for low, high in ((-3, -1), (-1, 0), (0, 1), (1, 3)):
    counted = ((x > low) & (x < high)).float().mean()
    print(f"{low:2} to {high:2}: particles {counted:.2f}, Boltzmann {law[(grid > low) & (grid < high)].sum():.2f}")
#> -3 to -1: particles 0.30, Boltzmann 0.32
#> -1 to  0: particles 0.40, Boltzmann 0.39
#>  0 to  1: particles 0.20, Boltzmann 0.19
#>  1 to  3: particles 0.10, Boltzmann 0.10
