"""ISTA and coordinate descent, which minimises over one weight at a time, agree."""

import torch

from dlnotes.data import diabetes
from dlnotes.regularization import lasso, softshrink

features, target = diabetes()
X = (features - features.mean(0)) / features.std(0, correction=0)
y, penalty, n = target - target.mean(), 2000.0, len(target)

w = torch.zeros(10, dtype=torch.float64)
for _ in range(1000):
    for j in range(10):
        without = y - X @ w + X[:, j] * w[j]
        w[j] = softshrink(X[:, j] @ without, penalty) / n  # a column has the square n
print([round(value, 2) + 0.0 for value in w.tolist()])
#> [0.0, -3.02, 24.28, 10.82, 0.0, 0.0, -7.67, 0.0, 21.36, 0.0]
print(f"largest difference {(lasso(X, y, penalty) - w).abs().max():.4f}")
#> largest difference 0.0000
