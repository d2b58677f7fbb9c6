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
#>
