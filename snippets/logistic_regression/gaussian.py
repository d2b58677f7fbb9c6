import math

import torch

mu, v = 5.0, 0.25
x = torch.linspace(mu - 6, mu + 6, 20_001, dtype=torch.float64)
p = torch.exp(-((x - mu) ** 2) / (2 * v)) / math.sqrt(2 * math.pi * v)

print(f"total {torch.trapezoid(p, x):.6f}")
#> total 1.000000
print(f"mean {torch.trapezoid(x * p, x):.6f}, variance {torch.trapezoid((x - mu) ** 2 * p, x):.6f}")
#> mean 5.000000, variance 0.250000
