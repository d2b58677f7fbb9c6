import torch

from dlnotes import check
from dlnotes.data import penguins
from dlnotes.linear_regression import lstsq

measurements, _ = penguins()
x, y = measurements[:, 2], measurements[:, 3]
ones = torch.ones_like(x)

forward = lstsq(torch.stack([ones, x], dim=1), y)[1]
backward = lstsq(torch.stack([ones, y], dim=1), x)[1]
r = torch.corrcoef(torch.stack([x, y]))[0, 1]
print(f"mass by flipper {forward:.2f} g/mm, flipper by mass inverted {1 / backward:.2f} g/mm")
#> mass by flipper 49.69 g/mm, flipper by mass inverted 65.46 g/mm
print(f"product of the slopes {forward * backward:.6f}, squared correlation {r**2:.6f}")
#> product of the slopes 0.758993, squared correlation 0.758993
check("linear_regression.2", lambda x, y: 1 / torch.corrcoef(torch.stack([x, y]))[0, 1] ** 2)
#> linear_regression.2: right. It agrees with the reference on all 20 inputs.
