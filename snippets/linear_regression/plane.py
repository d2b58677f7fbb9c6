import torch

from dlnotes.data import penguins
from dlnotes.linear_regression import linear, lstsq

measurements, _ = penguins()
x, y = measurements[:, [2, 1]], measurements[:, 3]  # flipper length and bill depth in mm, body mass in g
with_ones = torch.cat([torch.ones(len(x), 1, dtype=x.dtype), x], dim=1)

weight = lstsq(with_ones, y)
b, w = weight[0], weight[1:]
print("intercept", round(b.item()), "g, weights", w.numpy().round(2), "g/mm")
#> intercept -6542 g, weights [51.54 22.63] g/mm
print("two forms, one prediction:", torch.allclose(linear(x, w, b), linear(with_ones, weight)))
#> two forms, one prediction: True
