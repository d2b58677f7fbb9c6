"""Newton's step: one is enough on a quadratic of any conditioning; near a
saddle it goes to the saddle."""

import torch

from dlnotes.gradient_descent import quadratic_model

H = torch.diag(torch.tensor([1.0, 1e6], dtype=torch.float64))
theta = torch.ones(2, dtype=torch.float64)
model = quadratic_model(lambda p: 0.5 * p @ H @ p, theta)
print("κ = 1e6, after one step:", (theta + model.newton_step()).tolist())
#> κ = 1e6, after one step: [0.0, 0.0]


def saddle(p):
    return p[0] ** 2 - p[1] ** 2 + 0.25 * p[1] ** 4


theta = torch.tensor([0.8, 0.3], dtype=torch.float64)
for _ in range(4):
    theta = theta + quadratic_model(saddle, theta).newton_step()
print("after four steps:", [abs(round(v, 6)) for v in theta.tolist()])
#> after four steps: [0.0, 0.0]
lowest = saddle(torch.tensor([0.0, 2**0.5]))
print(f"loss {abs(saddle(theta)):.3f} there, at the minima {lowest:.3f}")
#> loss 0.000 there, at the minima -1.000
