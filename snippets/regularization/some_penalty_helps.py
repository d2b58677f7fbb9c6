"""Mean square error of ridge's weights, by the formula and from 20,000 draws of
noise: a little penalty is always better than none."""

import torch

from dlnotes.regularization import ridge

generator = torch.Generator().manual_seed(0)
X = torch.randn(20, 5, generator=generator, dtype=torch.float64)
X[:, 4] = X[:, 3] + 0.2 * X[:, 4]  # two features that say nearly the same
w = torch.tensor([1.0, -1.0, 0.5, 1.0, 0.5], dtype=torch.float64)
noise = torch.randn(20, 20_000, generator=generator, dtype=torch.float64)
_, S, Vh = torch.linalg.svd(X, full_matrices=False)
c = Vh @ w
for penalty in (0.0, 0.1, 1.0, 10.0):
    factor = S.square() + penalty
    bias, variance = (penalty * c / factor).square().sum(), (S / factor).square().sum()
    found = ridge(X, (X @ w)[:, None] + noise, penalty)
    measured = (found - w[:, None]).square().sum(0).mean()
    print(f"λ = {penalty:4.1f}: {bias:.3f} + {variance:.3f} = {bias + variance:.3f}, measured {measured:.3f}")
#> λ =  0.0: 0.000 + 3.384 = 3.384, measured 3.406
#> λ =  0.1: 0.009 + 2.025 = 2.034, measured 2.050
#> λ =  1.0: 0.101 + 0.350 = 0.452, measured 0.455
#> λ = 10.0: 0.526 + 0.077 = 0.603, measured 0.603
