"""Time until a balanced chain reaches half of its target s = 2, for smaller and
smaller starts: gradient descent, and the formulas."""

import math

target, lr = 2.0, 0.001
for layers in (2, 3, 4):
    for start in (0.1, 0.05, 0.025):
        u, steps = start, 0
        while u**layers < target / 2:
            u += lr * u ** (layers - 1) * (target - u**layers)
            steps += 1
        if layers == 2:
            formula = math.log(target / start**2 - 1) / (2 * target)
        else:  # a lower bound
            half = (target / 2) ** (1 / layers)
            power = layers - 2
            formula = (start**-power - half**-power) / (power * target)
        print(f"L = {layers}, u₀ = {start}: τ = {steps * lr:.2f}, formula {formula:.2f}")
#> L = 2, u₀ = 0.1: τ = 1.32, formula 1.32
#> L = 2, u₀ = 0.05: τ = 1.67, formula 1.67
#> L = 2, u₀ = 0.025: τ = 2.02, formula 2.02
#> L = 3, u₀ = 0.1: τ = 4.66, formula 4.50
#> L = 3, u₀ = 0.05: τ = 9.67, formula 9.50
#> L = 3, u₀ = 0.025: τ = 19.67, formula 19.50
#> L = 4, u₀ = 0.1: τ = 24.91, formula 24.75
#> L = 4, u₀ = 0.05: τ = 99.91, formula 99.75
#> L = 4, u₀ = 0.025: τ = 399.91, formula 399.75
