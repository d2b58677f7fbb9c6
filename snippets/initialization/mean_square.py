"""The variance of a sum with random weights follows the mean square of its
inputs, not their variance."""

import torch

torch.manual_seed(0)
n, sigma = 400, 0.05
a = torch.relu(torch.randn(n, dtype=torch.float64))  # not centred
w = sigma * torch.randn(20_000, n, dtype=torch.float64)  # one unit a row
z = w @ a
print(f"measured Var z: {z.var():.3f}")
#> measured Var z: 0.451
print(f"n σ² × mean square of a: {n * sigma**2 * a.square().mean():.3f}")
#> n σ² × mean square of a: 0.454
print(f"n σ² × variance of a: {n * sigma**2 * a.var(correction=0):.3f}")
#> n σ² × variance of a: 0.312
