"""Least squares on a thousand noisy copies of every sample, and ridge with
λ = N τ²."""

import torch

from dlnotes import check
from dlnotes.regularization import ridge

generator = torch.Generator().manual_seed(0)
n, d, copies, tau = 20, 3, 5000, 0.5
X = torch.randn(n, d, generator=generator, dtype=torch.float64)
y = X @ torch.tensor([1.0, -2.0, 0.5], dtype=torch.float64)
noisy = X.repeat(copies, 1) + tau * torch.randn(n * copies, d, generator=generator, dtype=torch.float64)
for name, w in (
    ("noisy copies", torch.linalg.lstsq(noisy, y.repeat(copies)[:, None]).solution[:, 0]),
    ("ridge", ridge(X, y, n * tau**2)),
    ("plain", ridge(X, y, 0.0)),
):
    print(f"{name:12s}", [round(value, 2) for value in w.tolist()])
#> noisy copies [0.74, -1.61, 0.37]
#> ridge        [0.74, -1.61, 0.37]
#> plain        [1.0, -2.0, 0.5]
check("regularization.2", lambda X, y, tau: ridge(X, y, len(y) * tau**2))
#> regularization.2: right. It agrees with the reference on all 20 inputs.
