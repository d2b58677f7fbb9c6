"""The variance at which Euler and Maruyama's steps settle in a trap, against D / (θ - θ²τ/2)."""

import torch

from dlnotes import check
from dlnotes.diffusion_physics import euler_maruyama

rate, D = 2.0, 1.0
for tau in (0.5, 0.1, 0.02):
    steps = round(5 / tau)
    times = tau * torch.arange(steps + 1, dtype=torch.float64)
    start = torch.zeros(200_000 if steps < 200 else 100_000, dtype=torch.float64)
    x = euler_maruyama(lambda x, t: -rate * x, start, times, D, torch.Generator().manual_seed(0))[-1]
    print(f"τ = {tau}: simulated {x.var():.2f}, formula {D / (rate * (1 - rate * tau / 2)):.2f}, exact {D / rate:.2f}")
#> τ = 0.5: simulated 1.00, formula 1.00, exact 0.50
#> τ = 0.1: simulated 0.56, formula 0.56, exact 0.50
#> τ = 0.02: simulated 0.51, formula 0.51, exact 0.50
check("diffusion_physics.3", "D / (rate * (1 - rate * tau / 2))")
#> diffusion_physics.3: right. It agrees with the reference on all 20 inputs.
