import torch

from dlnotes import check
from dlnotes.data import penguins
from dlnotes.linear_regression import lstsq

measurements, _ = penguins()
x, y = measurements[:, 2], measurements[:, 3]
X = torch.stack([torch.ones_like(x), x - x.mean()], dim=1)


def least_absolute(X, y):
    weight = lstsq(X, y)
    for _ in range(200):
        root = (y - X @ weight).abs().clamp(min=1e-6).rsqrt()  # square roots of the weights 1 / |e|
        weight = lstsq(root.unsqueeze(1) * X, root * y)
    return weight


mistyped = y.clone()
mistyped[x.argmax()] *= 10  # 5.65 kg becomes 56.5 kg
for name, mass in (("as measured", y), ("one mistyped", mistyped)):
    slope, robust_slope = lstsq(X, mass)[1], least_absolute(X, mass)[1]
    print(f"{name:12}  slope by squares {slope:.2f}, by absolute values {robust_slope:.2f} g/mm")
#> as measured   slope by squares 49.69, by absolute values 50.61 g/mm
#> one mistyped  slope by squares 72.37, by absolute values 50.63 g/mm
check("linear_regression.5", lambda X, y, c: torch.linalg.solve(X.T @ c.diag() @ X, X.T @ c.diag() @ y))
#> linear_regression.5: right. It agrees with the reference on all 20 inputs.
