"""The finite-volume equation of a double well: probabilities stay positive, add to 1 and end at Boltzmann's law."""

import torch

from dlnotes.diffusion_physics import boltzmann, fokker_planck, transition_rates

x = torch.linspace(-2.35, 2.35, 48, dtype=torch.float64)
potential = 3 * (x**2 - 1) ** 2 + 0.5 * x
rates = transition_rates(potential, spacing=0.1, diffusion=1.0, temperature=1.0)
start = (x - 1).abs().argmin()
p = fokker_planck(torch.eye(48, dtype=torch.float64)[start], rates, step=0.01, steps=10_000)
left = p[:, x < 0].sum(dim=1)
for step in (0, 10, 100, 1000, 10_000):
    print(f"t = {step / 100:6.2f}: in the left well {left[step]:.3f}, sum {p[step].sum():.6f}")
#> t =   0.00: in the left well 0.000, sum 1.000000
#> t =   0.10: in the left well 0.005, sum 1.000000
#> t =   1.00: in the left well 0.152, sum 1.000000
#> t =  10.00: in the left well 0.661, sum 1.000000
#> t = 100.00: in the left well 0.712, sum 1.000000
print("all positive:", bool((p[1:] > 0).all()))
#> all positive: True
print(f"largest distance from Boltzmann's law: {(p[-1] - boltzmann(potential, 1.0)).abs().max():.6f}")
#> largest distance from Boltzmann's law: 0.000000
