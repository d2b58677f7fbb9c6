"""Mean and variance of minibatch gradients of the penguins, with and without
replacement."""

import torch

from dlnotes.data import penguins
from dlnotes.gradient_descent import minibatch_variance, standardize

torch.manual_seed(0)
measurements, _ = penguins()
x = standardize(measurements[:, 2:3]).features
X = torch.cat([torch.ones_like(x), x], dim=1)
y = measurements[:, 3] / 1000
per_sample = -X * y[:, None]  # a gradient a row, at θ = 0
full = per_sample.mean(0)

draws = 20_000
for B in (1, 10, 100):
    sampled = per_sample[torch.randint(len(X), (draws, B))].mean(1)
    shuffled = per_sample[torch.rand(draws, len(X)).argsort(1)[:, :B]].mean(1)
    bias = (sampled.mean(0) - full).norm() / full.norm()
    print(f"B = {B}: relative bias {bias.item():.4f}")
    ways = (("with", sampled, True), ("without", shuffled, False))
    for name, rows, replacement in ways:
        scaled = B * rows.var(0).sum().item()
        theory = B * minibatch_variance(per_sample, B, replacement).item()
        print(f"  {name} replacement: B × variance {scaled:.2f}, formula {theory:.2f}")
#> B = 1: relative bias 0.0024
#>   with replacement: B × variance 21.52, formula 21.74
#>   without replacement: B × variance 21.66, formula 21.74
#> B = 10: relative bias 0.0037
#>   with replacement: B × variance 21.77, formula 21.74
#>   without replacement: B × variance 21.55, formula 21.16
#> B = 100: relative bias 0.0005
#>   with replacement: B × variance 21.43, formula 21.74
#>   without replacement: B × variance 15.23, formula 15.43
