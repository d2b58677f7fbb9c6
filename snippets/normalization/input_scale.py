"""Gentoo or not, by bill depth and body mass: one neuron, two scalings."""

import torch

from dlnotes import gradient_descent as gd
from dlnotes.data import penguins

measurements, species = penguins()
raw = measurements[:, [1, 3]]  # bill depth in mm, body mass in g
y = (species == 2).double()


def design(features):
    return torch.cat([torch.ones(len(features), 1), features], dim=1).double()


scaled = gd.standardize(raw).features
for name, features in (("raw", raw), ("standardised", scaled)):
    X = design(features)
    w = torch.zeros(3, dtype=torch.float64)
    delta = torch.sigmoid(X @ w) - y
    gradient = X.T @ delta / len(X)
    hessian = 0.25 * X.T @ X / len(X)  # at w = 0
    lr = 1 / torch.linalg.eigvalsh(hessian)[-1]

    def loss(w, X=X):
        return torch.nn.functional.binary_cross_entropy_with_logits(X @ w, y)

    last = gd.gradient_descent(loss, w, lr, 200)[-1]
    kappa = gd.condition_number(hessian).item()
    print(f"{name}: gradient {gradient.numpy().round(2)}, κ = {kappa:.2g}")
    print(f"    loss {loss(w):.4f}, after 200 steps {loss(last):.4f}")
#> raw: gradient [1.4000e-01 3.1900e+00 2.7529e+02], κ = 3.5e+09
#>     loss 0.6931, after 200 steps 0.6846
#> standardised: gradient [ 0.14  0.4  -0.39], κ = 2.8
#>     loss 0.6931, after 200 steps 0.0041
