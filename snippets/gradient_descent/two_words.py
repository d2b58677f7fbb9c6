"""Standardising features leaves the fitted predictions as they are; a penalty
on the weights changes them."""

import torch

from dlnotes.data import penguins
from dlnotes.gradient_descent import standardize

measurements, _ = penguins()
y = measurements[:, 3:] / 1000


def predictions(features, penalty):
    X = torch.cat([torch.ones(len(y), 1, dtype=torch.float64), features], dim=1)
    P = penalty * torch.diag(torch.tensor([0.0, 1.0, 1.0], dtype=torch.float64))
    return X @ torch.linalg.solve(X.T @ X / len(y) + P, X.T @ y / len(y))


raw, scaled = measurements[:, :2], standardize(measurements[:, :2]).features
plain = predictions(raw, penalty=0.0)
change = (predictions(scaled, 0.0) - plain).abs().max().item()
print(f"normalised: largest change {change:.4f} kg")
#> normalised: largest change 0.0000 kg
change = (predictions(scaled, 0.5) - plain).abs().max().item()
print(f"regularised: largest change {change:.2f} kg")
#> regularised: largest change 0.37 kg
