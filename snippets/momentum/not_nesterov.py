"""The formula with the gradient where the ball is, and with the gradient one
glide ahead: steps to the loss 1e-6 for κ = 100, η = 0.009, β = 0.9."""

import torch

from dlnotes.momentum import heavy_ball_radius, nesterov_radius

curvatures = torch.tensor([1.0, 100.0], dtype=torch.float64)
lr, beta = 0.009, 0.9

for name, ahead in (("gradient at θ", 0.0), ("gradient at θ + β ν", beta)):
    theta, nu, steps = torch.ones(2, dtype=torch.float64), torch.zeros(2), 0
    while 0.5 * (curvatures * theta**2).sum() > 1e-6:
        nu = beta * nu - lr * curvatures * (theta + ahead * nu)
        theta = theta + nu
        steps += 1
    print(f"{name}: {steps} steps")
#> gradient at θ: 131 steps
#> gradient at θ + β ν: 67 steps
h = torch.tensor([0.01, 0.5, 1.0], dtype=torch.float64)
print("ηλ =", h.tolist())
#> ηλ = [0.01, 0.5, 1.0]
print("heavy ball, factor per step:", [round(x, 3) for x in heavy_ball_radius(h, beta).tolist()])
#> heavy ball, factor per step: [0.949, 0.949, 0.949]
print("Nesterov, factor per step:  ", [round(x, 3) for x in nesterov_radius(h, beta).tolist()])
#> Nesterov, factor per step:   [0.944, 0.671, 0.0]
