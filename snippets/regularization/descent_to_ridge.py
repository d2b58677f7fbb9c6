"""The closed form of ridge on diabetes, and where gradient descent with weight
decay ends; the shrinkage of each component."""

import torch

from dlnotes.data import diabetes
from dlnotes.regularization import ridge

features, target = diabetes()
X = (features - features.mean(0)) / features.std(0, correction=0)
y, penalty = target - target.mean(), 100.0

w = torch.zeros(10, dtype=torch.float64, requires_grad=True)
optimizer = torch.optim.SGD([w], lr=4e-4, weight_decay=penalty)
for _ in range(500):
    optimizer.zero_grad()
    (0.5 * (X @ w - y).square().sum()).backward()
    optimizer.step()
solution = ridge(X, y, penalty)
print(f"distance {(w.detach() - solution).norm():.6f}, length {solution.norm():.2f}")
#> distance 0.000000, length 34.75
_, S, Vh = torch.linalg.svd(X, full_matrices=False)
shrunk = (Vh @ solution) / (Vh @ ridge(X, y, 0.0))
for i in (0, 4, 9):
    print(f"s² = {S[i] ** 2:6.1f}: measured {shrunk[i]:.4f}, formula {S[i] ** 2 / (S[i] ** 2 + penalty):.4f}")
#> s² = 1778.7: measured 0.9468, formula 0.9468
#> s² =  292.7: measured 0.7453, formula 0.7453
#> s² =    3.8: measured 0.0365, formula 0.0365
