import math

import torch

from dlnotes.logistic_regression import sigmoid

torch.manual_seed(0)
u = torch.rand(1_000_000, dtype=torch.float64)
noise = torch.log(u / (1 - u))  # the inverse of the sigmoid, at a uniform number

t = torch.tensor([-3.0, -1.0, 0.5, 2.0], dtype=torch.float64)
print("share of the noise below t", (noise[:, None] <= t).double().mean(0).numpy().round(3))
#> share of the noise below t [0.048 0.27  0.623 0.881]
print("sigmoid(t)                ", sigmoid(t).numpy().round(3))
#> sigmoid(t)                 [0.047 0.269 0.622 0.881]
print(f"variance {noise.var():.2f}, pi^2 / 3 = {math.pi**2 / 3:.4f}")
#> variance 3.30, pi^2 / 3 = 3.2899
z = torch.tensor(0.7, dtype=torch.float64)
share = (z + noise > 0).double().mean()
print(f"P(0.7 + noise > 0) = {share:.3f}, sigmoid(0.7) = {sigmoid(z):.3f}")
#> P(0.7 + noise > 0) = 0.668, sigmoid(0.7) = 0.668
