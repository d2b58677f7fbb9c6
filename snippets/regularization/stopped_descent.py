"""How much of each component gradient descent has found after t steps, and ridge
with λ = 1/(ηt)."""

import torch

from dlnotes.data import diabetes

features, target = diabetes()
X = (features - features.mean(0)) / features.std(0, correction=0)
y = target - target.mean()
_, S, Vh = torch.linalg.svd(X, full_matrices=False)
full = Vh @ torch.linalg.lstsq(X, y[:, None]).solution[:, 0]

lr, steps = 0.9 / S[0].item() ** 2, 60
w = torch.zeros(10, dtype=torch.float64)
for _ in range(steps):
    w -= lr * X.T @ (X @ w - y)
penalty = 1 / (lr * steps)
for i in (0, 3, 6, 8, 9):
    formula = 1 - (1 - lr * S[i] ** 2) ** steps
    print(f"ηts² = {lr * steps * S[i] ** 2:5.2f}: descent {(Vh @ w / full)[i]:.3f} = {formula:.3f}, "
          f"ridge {S[i] ** 2 / (S[i] ** 2 + penalty):.3f}")  # fmt: skip
#> ηts² = 54.00: descent 1.000 = 1.000, ridge 0.982
#> ηts² = 12.82: descent 1.000 = 1.000, ridge 0.928
#> ηts² =  7.20: descent 1.000 = 1.000, ridge 0.878
#> ηts² =  1.05: descent 0.654 = 0.654, ridge 0.512
#> ηts² =  0.11: descent 0.109 = 0.109, ridge 0.103
