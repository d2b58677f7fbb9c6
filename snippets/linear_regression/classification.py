import torch

from dlnotes.data import penguins
from dlnotes.linear_regression import lstsq

measurements, _ = penguins()
flipper, mass = measurements[:, 2], measurements[:, 3]
b, w = lstsq(torch.stack([torch.ones_like(flipper), flipper], dim=1), mass)

new = torch.tensor([180.0, 200.0, 200.5, 220.0], dtype=torch.float64)
predicted = b + w * new
print("regression, a mass in g:  ", predicted.numpy().round(1))
#> regression, a mass in g:   [3162.6 4156.3 4181.1 5150. ]
print("classification, a class:  ", ["heavy" if m > 4500 else "light" for m in predicted])
#> classification, a class:   ['light', 'light', 'light', 'heavy']
