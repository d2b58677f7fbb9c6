"""A hundred classifiers that guess between ten classes. The best on 200 validation
samples looks better than it is; 2000 repetitions."""

import math

import torch

torch.manual_seed(0)
M, n, p = 100, 200, 0.1
shares = torch.distributions.Binomial(n, torch.tensor(p)).sample((2000, M)) / n
print(f"mean of all {shares.mean():.3f}, of the best {shares.amax(1).mean():.3f}")
#> mean of all 0.100, of the best 0.156
bound = p + math.sqrt(2 * math.log(M) * p * (1 - p) / n)
print(f"bound for normal errors {bound:.3f}; on new data the best has {p}")
#> bound for normal errors 0.164; on new data the best has 0.1
