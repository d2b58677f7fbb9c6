import torch

from dlnotes.data import penguins
from dlnotes.linear_regression import linear_regression_gradient, lstsq, solve_normal_equations

measurements, _ = penguins()
x, y = measurements[:, [2, 1]], measurements[:, 3] / 1000
x = (x - x.mean(dim=0)) / x.std(dim=0)
X = torch.cat([torch.ones(len(x), 1, dtype=x.dtype), x], dim=1)

solved = solve_normal_equations(X, y)
print("normal equations", solved.numpy().round(4))
#> normal equations [4.2018 0.7248 0.0447]
print("QR              ", lstsq(X, y).numpy().round(4))
#> QR               [4.2018 0.7248 0.0447]
w, b = torch.zeros(2, dtype=torch.float64), torch.zeros((), dtype=torch.float64)
for _ in range(200):
    grad_w, grad_b = linear_regression_gradient(x, y, w, b)
    w, b = w - 0.2 * grad_w, b - 0.2 * grad_b
descended = torch.cat([b.unsqueeze(0), w])
print("gradient descent", descended.numpy().round(4), "within 1e-8:", bool((descended - solved).abs().max() < 1e-8))
#> gradient descent [4.2018 0.7248 0.0447] within 1e-8: True
