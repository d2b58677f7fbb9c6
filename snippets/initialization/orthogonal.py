"""Products of thirty square matrices: shortest and longest image of a unit
vector, and the mean square over all."""

import torch

from dlnotes.initialization import kaiming_normal_, orthogonal_

n, depth = 64, 30
for name in ("Gaussian", "orthogonal"):
    generator = torch.Generator().manual_seed(0)
    product = torch.eye(n, dtype=torch.float64)
    for _ in range(depth):
        weight = torch.empty(n, n, dtype=torch.float64)
        if name == "Gaussian":
            kaiming_normal_(weight, nonlinearity="linear", generator=generator)
        else:
            orthogonal_(weight, generator=generator)
        product = weight @ product
    s = torch.linalg.svdvals(product)
    longest, median = s.max(), s.median()
    mean = s.square().mean()
    print(f"{name}: longest {longest:.2f}, median {median:.1e}, mean {mean:.2f}")
#> Gaussian: longest 5.14, median 3.0e-05, mean 0.70
#> orthogonal: longest 1.00, median 1.0e+00, mean 1.00
