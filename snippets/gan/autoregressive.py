import itertools

import torch

generator = torch.Generator().manual_seed(0)
weight = torch.randn(6, 6, dtype=torch.float64, generator=generator).tril(-1)  # row i sees the entries before i only
bias = torch.randn(6, dtype=torch.float64, generator=generator)
states = torch.tensor(list(itertools.product([0.0, 1.0], repeat=6)), dtype=torch.float64)
a = torch.sigmoid(states @ weight.T + bias)
p = torch.where(states == 1, a, 1 - a).prod(1)

print(f"{len(states)} states, sum of their probabilities {p.sum():.12f}")
#> 64 states, sum of their probabilities 1.000000000000
