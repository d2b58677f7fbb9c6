"""Condition number of the least-squares Hessian for three ways to write the
flipper length."""

import torch

from dlnotes.data import penguins
from dlnotes.gradient_descent import condition_number, standardize

measurements, _ = penguins()
mm = measurements[:, 2]
print(f"mean {mm.mean():.1f} mm, standard deviation {mm.std(correction=0):.1f} mm")
#> mean 200.9 mm, standard deviation 14.0 mm
columns = {
    "mm": mm,
    "m": mm / 1000,
    "mm, centred": mm - mm.mean(),
    "standardised": standardize(mm[:, None]).features[:, 0],
}
for name, column in columns.items():
    X = torch.stack([torch.ones_like(column), column], dim=1)
    print(f"{name}: κ = {condition_number(X.T @ X / len(X)).item():.4g}")
#> mm: κ = 8.346e+06
#> m: κ = 5490
#> mm, centred: κ = 197.2
#> standardised: κ = 1

H = standardize(measurements).features.T @ standardize(measurements).features / len(mm)
print(f"all four measurements, standardised: κ = {condition_number(H).item():.4g}")
#> all four measurements, standardised: κ = 25.38
