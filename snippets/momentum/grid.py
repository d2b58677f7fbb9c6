"""No pair of step size and momentum beats the best constants: a search over
a fine grid, κ = 50."""

import torch

from dlnotes.momentum import heavy_ball_radius, nesterov_radius, optimal_heavy_ball, optimal_nesterov

kappa = 50.0
curvatures = torch.linspace(1, kappa, 200, dtype=torch.float64)
lr = torch.linspace(0.002, 0.1, 250, dtype=torch.float64).view(-1, 1, 1)
momentum = torch.linspace(0, 1, 201, dtype=torch.float64).view(1, -1, 1)
for name, radius, best in (
    ("heavy ball", heavy_ball_radius, optimal_heavy_ball(1, kappa)),
    ("Nesterov", nesterov_radius, optimal_nesterov(1, kappa)),
):
    rates = radius(lr * curvatures, momentum).amax(-1)
    row, column = divmod(rates.argmin().item(), rates.shape[1])
    print(f"{name}: η = {lr[row].item():.4f}, β = {momentum[0, column].item():.3f}, ρ = {rates.min():.4f}")
    print(f"  best: η = {best.lr:.4f}, β = {best.momentum:.3f}, ρ = {best.rate:.4f}")
#> heavy ball: η = 0.0602, β = 0.570, ρ = 0.7550
#>   best: η = 0.0614, β = 0.566, ρ = 0.7522
#> Nesterov: η = 0.0264, β = 0.725, ρ = 0.8402
#>   best: η = 0.0265, β = 0.720, ρ = 0.8372
