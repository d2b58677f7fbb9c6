"""The lasso: for orthonormal features the soft threshold in one go, otherwise step
by step; on diabetes, how many weights are exactly 0."""

import torch

from dlnotes.data import diabetes
from dlnotes.regularization import lasso, ridge, softshrink

generator = torch.Generator().manual_seed(0)
A = torch.linalg.qr(torch.randn(8, 4, generator=generator, dtype=torch.float64)).Q
b = torch.randn(8, generator=generator, dtype=torch.float64)
print([round(value, 3) for value in (A.T @ b).tolist()])
#> [0.923, -1.658, -0.643, 0.904]
print([round(value, 3) for value in softshrink(A.T @ b, 0.5).tolist()])
#> [0.423, -1.158, -0.143, 0.404]
print([round(value, 3) for value in lasso(A, b, 0.5).tolist()])
#> [0.423, -1.158, -0.143, 0.404]

features, target = diabetes()
X = (features - features.mean(0)) / features.std(0, correction=0)
y = target - target.mean()
for penalty in (0.0, 1000.0, 5000.0, 15000.0):
    zeros = [int((w == 0).sum()) for w in (lasso(X, y, penalty), ridge(X, y, penalty))]
    print(f"λ = {penalty:7.0f}: weights that are 0, lasso {zeros[0]}, ridge {zeros[1]}")
#> λ =       0: weights that are 0, lasso 0, ridge 0
#> λ =    1000: weights that are 0, lasso 3, ridge 0
#> λ =    5000: weights that are 0, lasso 6, ridge 0
#> λ =   15000: weights that are 0, lasso 8, ridge 0
