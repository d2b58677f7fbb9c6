"""2Dt is the variance of one coordinate, in every dimension; only the distance knows how many there are."""

import math

import torch

D, t = 0.7, 2.0
generator = torch.Generator().manual_seed(0)
print(f"2Dt = {2 * D * t:.2f}")
#> 2Dt = 2.80
for d in (1, 3, 10):
    x = sum(math.sqrt(2 * D * t / 100) * torch.randn(50_000, d, generator=generator) for _ in range(100))
    square = x.square().sum(1).mean()
    print(f"d = {d:2}: variance {x.var(0).mean():.2f}, square distance {square:.1f}; with D = d: {2 * d * t:.0f}")
#> d =  1: variance 2.78, square distance 2.8; with D = d: 4
#> d =  3: variance 2.80, square distance 8.4; with D = d: 12
#> d = 10: variance 2.80, square distance 28.0; with D = d: 40
