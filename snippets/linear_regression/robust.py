import torch

from dlnotes.data import penguins
from dlnotes.linear_regression import lstsq

measurements, _ = penguins()
x, y = measurements[:, 2], measurements[:, 3].clone()
X = torch.stack([torch.ones_like(x), x - x.mean()], dim=1)


def least_absolute(X, y):
    weight = lstsq(X, y)
    for _ in range(200):
        root = (y - X @ weight).abs().clamp(min=1e-6).rsqrt()  # square roots of the weights 1 / |e|
        weight = lstsq(root.unsqueeze(1) * X, root * y)
    return weight


for name in ("as measured", "one mistyped"):
    print(f"{name:12}  slope by squares {lstsq(X, y)[1]:.2f}, by absolute values {least_absolute(X, y)[1]:.2f} g/mm")
    #>
    y[x.argmax()] *= 10  # 5.65 kg becomes 56.5 kg
