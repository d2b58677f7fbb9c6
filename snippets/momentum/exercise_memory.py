"""Steps to 1 - 1/e of the terminal velocity, and the formula."""

import math

from dlnotes import check

for beta in (0.5, 0.9, 0.99):
    velocity, steps = 0.0, 0
    while velocity < (1 - math.exp(-1)) / (1 - beta):
        velocity = beta * velocity + 1
        steps += 1
    print(f"β = {beta}: {steps} steps; -1 / log β = {-1 / math.log(beta):.2f}, 1 / (1 - β) = {1 / (1 - beta):.0f}")
#> β = 0.5: 2 steps; -1 / log β = 1.44, 1 / (1 - β) = 2
#> β = 0.9: 10 steps; -1 / log β = 9.49, 1 / (1 - β) = 10
#> β = 0.99: 100 steps; -1 / log β = 99.50, 1 / (1 - β) = 100
check("momentum.1", lambda beta, share: math.ceil(math.log(1 - share) / math.log(beta)))
#> momentum.1: right. It agrees with the reference on all 21 inputs.
