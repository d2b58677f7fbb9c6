import torch

from dlnotes.data import penguins
from dlnotes.linear_regression import hat_matrix

measurements, _ = penguins()
x, y = measurements[:, [2, 1]], measurements[:, 3] / 1000
X = torch.cat([torch.ones(len(x), 1, dtype=x.dtype), x], dim=1)

H = hat_matrix(X)
fitted = H @ y
e = y - fitted
print("H symmetric", torch.allclose(H, H.T), " H H = H", torch.allclose(H @ H, H), " trace", round(H.trace().item(), 6))
#> H symmetric True  H H = H True  trace 3.0
print("X'e = 0:", bool((X.T @ e).abs().max() < 1e-8), " sum of residuals = 0:", bool(e.sum().abs() < 1e-9))
#> X'e = 0: True  sum of residuals = 0: True
total, explained, rest = (v.square().sum().item() for v in (y - y.mean(), fitted - y.mean(), e))
print(f"{total:.2f} = {explained:.2f} + {rest:.2f}, R² = {1 - rest / total:.4f}")
#> 219.31 = 166.90 + 52.41, R² = 0.7610
