import math

import torch

torch.manual_seed(0)
n, theta = 5, 0.45
trials = (torch.rand(100_000, n) < theta).sum(dim=1)

for k in range(n + 1):
    probability = math.comb(n, k) * theta**k * (1 - theta) ** (n - k)
    print(f"k={k}: {probability:.3f}, simulated {(trials == k).float().mean():.3f}")
#> k=0: 0.050, simulated 0.051
#> k=1: 0.206, simulated 0.208
#> k=2: 0.337, simulated 0.338
#> k=3: 0.276, simulated 0.272
#> k=4: 0.113, simulated 0.112
#> k=5: 0.018, simulated 0.019
print(f"mean {trials.float().mean():.3f} ({n * theta:.3f})")
#> mean 2.241 (2.250)
print(f"variance {trials.float().var():.3f} ({n * theta * (1 - theta):.3f})")
#> variance 1.241 (1.238)
