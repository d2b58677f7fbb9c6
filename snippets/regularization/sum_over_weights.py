"""The penalty runs over the weights, not over the samples; and too much of it
underfits."""

import torch

from dlnotes.regularization import ridge

generator = torch.Generator().manual_seed(0)
n, d = 3, 5
w = torch.arange(1.0, d + 1)
print(f"sum over the first n = {n}: {w[:n].square().sum():.0f}, over all d = {d}: {w.square().sum():.0f}")
#> sum over the first n = 3: 14, over all d = 5: 55
X = torch.randn(30, d, generator=generator)
y = X @ w + torch.randn(30, generator=generator)
for penalty in (0.0, 1.0, 1e3, 1e6):
    error = (X @ ridge(X, y, penalty) - y).square().mean()
    print(f"λ = {penalty:9.0f}: training error {error:.2f}")
#> λ =         0: training error 0.79
#> λ =         1: training error 0.85
#> λ =      1000: training error 66.56
#> λ =   1000000: training error 71.64
print(f"mean square of y: {y.square().mean():.2f}")
#> mean square of y: 71.65
