"""Dropout on the inputs of linear regression: the expected loss over all 2^d masks
is the loss plus a penalty on each weight."""

from itertools import product

import torch

generator = torch.Generator().manual_seed(0)
X = torch.randn(7, 4, generator=generator, dtype=torch.float64)
y, w = torch.randn(7, generator=generator, dtype=torch.float64), torch.randn(4, generator=generator).double()
p, expected = 0.3, 0.0
rows = [torch.tensor(mask, dtype=torch.float64) for mask in product((0.0, 1.0), repeat=4)]
for i in range(7):  # each sample has a mask of its own
    for mask in rows:
        probability = p ** (4 - mask.sum()) * (1 - p) ** mask.sum()
        expected += probability * 0.5 * ((mask * X[i]) @ w / (1 - p) - y[i]) ** 2
loss = 0.5 * (X @ w - y).square().sum()
penalty = 0.5 * p / (1 - p) * (X.square().sum(0) * w.square()).sum()
print(f"all masks {expected:.6f}, loss plus penalty {loss + penalty:.6f}")
#> all masks 38.623068, loss plus penalty 38.623068
