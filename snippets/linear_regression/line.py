import torch

from dlnotes.data import penguins
from dlnotes.linear_regression import lstsq

measurements, _ = penguins()
x, y = measurements[:, 2], measurements[:, 3]  # flipper length in mm, body mass in g

w = ((x - x.mean()) * (y - y.mean())).sum() / (x - x.mean()).square().sum()
b = y.mean() - w * x.mean()
print(f"mass = {w:.2f} g/mm × flipper length {b:+.0f} g")
#> mass = 49.69 g/mm × flipper length -5781 g
print("by lstsq:", lstsq(torch.stack([torch.ones_like(x), x], dim=1), y).numpy().round(2))
#> by lstsq: [-5780.83    49.69]
rmse = (w * x + b - y).square().mean().sqrt()
print(f"root mean squared error {rmse:.0f} g; of the mean alone {y.std(correction=0):.0f} g")
#> root mean squared error 393 g; of the mean alone 801 g
print(f"flipper of 110 mm: {w * 110 + b:.0f} g")
#> flipper of 110 mm: -315 g
