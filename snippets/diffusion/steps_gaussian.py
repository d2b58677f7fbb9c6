import torch

from dlnotes.diffusion import heun_step, noise_levels, ode_step, sample, sde_step

spread = 1.3  # standard deviation of the data
generator = torch.Generator().manual_seed(0)
start = torch.randn(200_000, 1, generator=generator, dtype=torch.float64)


def denoiser(x, sigma):  # exact for Gaussian data
    return x * spread**2 / (spread**2 + sigma**2)


for steps in (5, 10, 20, 40, 80):
    levels = noise_levels(30.0, 0.01, steps)
    spreads = [sample(step, denoiser, 30 * start, levels, generator).std() for step in (sde_step, ode_step, heun_step)]
    print(f"{steps} steps: SDE {spreads[0]:.2f}, Euler {spreads[1]:.2f}, Heun {spreads[2]:.2f}")
#> 5 steps: SDE 0.68, Euler 0.82, Heun 1.96
#> 10 steps: SDE 0.90, Euler 1.05, Heun 1.42
#> 20 steps: SDE 1.07, Euler 1.18, Heun 1.32
#> 40 steps: SDE 1.17, Euler 1.24, Heun 1.30
#> 80 steps: SDE 1.23, Euler 1.27, Heun 1.30
