"""x² - y² from ten thousand random starts: how many stay at the saddle, and how
long does one near it take to leave?"""

import math

import torch

lr = 0.05
generator = torch.Generator().manual_seed(0)
points = torch.randn(10_000, 2, generator=generator, dtype=torch.float64)
for _ in range(400):
    points = points - lr * points * torch.tensor([2.0, -2.0])
print(f"still within 1 of the saddle: {int((points.norm(dim=1) < 1).sum())} of 10000")
#> still within 1 of the saddle: 0 of 10000

for y in (1e-2, 1e-8, 1e-16):
    predicted, steps, start = math.log(1 / y) / math.log(1 + 2 * lr), 0, y
    while y < 1:
        y, steps = y + 2 * lr * y, steps + 1
    print(f"y₀ = {start:g}: {steps} steps to |y| = 1, formula {predicted:.1f}")
#> y₀ = 0.01: 49 steps to |y| = 1, formula 48.3
#> y₀ = 1e-08: 194 steps to |y| = 1, formula 193.3
#> y₀ = 1e-16: 387 steps to |y| = 1, formula 386.5
