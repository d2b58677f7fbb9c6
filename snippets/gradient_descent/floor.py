"""Mean square error of noisy gradient descent in the long run, against the
formula, and a decaying step size."""

import torch

from dlnotes.gradient_descent import noise_floor

generator = torch.Generator().manual_seed(0)
curvature, variance, runs = 2.0, 1.0, 20_000


def descend(schedule, steps):
    e = torch.ones(runs, dtype=torch.float64)
    for t in range(steps):
        noise = torch.randn(runs, generator=generator, dtype=torch.float64)
        e = e - schedule(t) * (curvature * e + variance**0.5 * noise)
    return e.square().mean().item()


for lr in (0.4, 0.1, 0.025):
    measured = descend(lambda t, lr=lr: lr, steps=300)
    formula = noise_floor(lr, curvature, variance)
    print(f"η = {lr}: measured {measured:.5f}, formula {formula:.5f}")
#> η = 0.4: measured 0.16692, formula 0.16667
#> η = 0.1: measured 0.02780, formula 0.02778
#> η = 0.025: measured 0.00642, formula 0.00641
for steps in (100, 1000):
    falling = descend(lambda t: 1 / (curvature * (t + 1)), steps)
    print(f"η = 1/(λ(t+1)), {steps} steps: {falling:.6f}")
#> η = 1/(λ(t+1)), 100 steps: 0.002482
#> η = 1/(λ(t+1)), 1000 steps: 0.000250
