"""Errors of leaving each patient out, by 442 fits and by the formula; the λ that
they choose."""

import torch

from dlnotes import check
from dlnotes.data import diabetes
from dlnotes.regularization import ridge

features, target = diabetes()
X = (features - features.mean(0)) / features.std(0, correction=0)
y, n = target - target.mean(), len(target)


def by_formula(X, y, penalty):
    H = X @ torch.linalg.inv(X.T @ X + penalty * torch.eye(X.shape[1])) @ X.T
    return (y - H @ y) / (1 - H.diagonal())


others = ~torch.eye(n, dtype=torch.bool)
refitted = torch.stack([y[i] - X[i] @ ridge(X[others[i]], y[others[i]], 50.0) for i in range(n)])
print(f"largest difference {(refitted - by_formula(X, y, 50.0)).abs().max():.6f}")
#> largest difference 0.000000
for penalty in (0.0, 10.0, 50.0, 200.0, 1000.0):
    print(f"λ = {penalty:6.0f}: {by_formula(X, y, penalty).square().mean():.0f}")
#> λ =      0: 2988
#> λ =     10: 2988
#> λ =     50: 2992
#> λ =    200: 3093
#> λ =   1000: 3736
check("regularization.3", by_formula)
#> regularization.3: right. It agrees with the reference on all 20 inputs.
