"""The rate of change of the mean of x², from the particles' steps, as an expectation, and from the flux."""

import torch

from dlnotes.diffusion_physics import Mixture, euler_maruyama, flux

p = Mixture(*torch.tensor([[0.4, 0.6], [-1.0, 0.5], [0.3, 0.2]], dtype=torch.float64))
D, tau = 0.7, 0.01


def force(x):
    return -(x**3)  # k_BT = 1


x = p.sample(2_000_000, torch.Generator().manual_seed(0))
times = torch.tensor([0.0, tau])
moved = euler_maruyama(lambda x, t: D * force(x), x, times, D, torch.Generator().manual_seed(1))[-1]
print(f"particles   {(moved**2 - x**2).mean() / tau:.2f}")
#> particles   -0.69
print(f"expectation {(D * force(x) * 2 * x + 2 * D).mean():.2f}")
#> expectation -0.73

grid = torch.linspace(-6, 6, 4001, dtype=torch.float64)
density = p.log_density(grid).exp()
j = flux(density, density * p.score(grid), force(grid), D, 1.0)
print(f"flux        {torch.trapezoid(2 * grid * j, grid):.2f}")
#> flux        -0.72
