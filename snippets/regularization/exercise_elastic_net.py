"""Two equal features and one more: how lasso and elastic net divide the weight, from
two different starts of ISTA."""

import torch

from dlnotes import check
from dlnotes.regularization import softshrink

generator = torch.Generator().manual_seed(0)
X = torch.randn(30, 2, generator=generator, dtype=torch.float64)[:, [0, 0, 1]]
y = 2 * X[:, 0] - X[:, 2] + 0.1 * torch.randn(30, generator=generator, dtype=torch.float64)
lr, penalty = 1 / torch.linalg.matrix_norm(X.T @ X, 2), 3.0
for mu in (0.0, 3.0):
    for start in ([2.0, 0.0, 0.0], [0.0, 0.0, 0.0]):
        w = torch.tensor(start, dtype=torch.float64)
        for _ in range(2000):
            w = softshrink(w - lr * X.T @ (X @ w - y), lr * penalty) / (1 + lr * mu)
        print(f"μ = {mu:.0f}, from {start[0]:.0f}:", [round(value, 3) for value in w.tolist()])
#> μ = 0, from 2: [1.867, 0.0, -0.946]
#> μ = 0, from 0: [0.934, 0.934, -0.946]
#> μ = 3, from 2: [0.877, 0.877, -0.881]
#> μ = 3, from 0: [0.877, 0.877, -0.881]
check("regularization.4", lambda a, lam, mu: softshrink(a, lam) / (1 + mu))
#> regularization.4: right. It agrees with the reference on all 20 inputs.
