"""The same matrix two hundred times, against two hundred different ones: how
fast does a vector grow or shrink?"""

import torch

torch.manual_seed(0)
n, depth = 64, 200
x = torch.randn(n, dtype=torch.float64)


def gaussian():
    return torch.randn(n, n, dtype=torch.float64) / n**0.5


W = gaussian()
W *= 0.9 / torch.linalg.eigvals(W).abs().max()  # spectral radius 0.9
same = different = x
for _ in range(depth):
    same = W @ same
    different = gaussian() @ different
rate = (same.norm() / x.norm()) ** (1 / depth)
print(f"same matrix: {rate:.3f} a step, largest |λ| = 0.9")
#> same matrix: 0.894 a step, largest |λ| = 0.9
rate = (different.norm() / x.norm()) ** (1 / depth)
print(f"different matrices: {rate:.3f} a layer")
#> different matrices: 1.001 a layer
