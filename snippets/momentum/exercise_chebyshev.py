"""Momentum that changes with t: the Chebyshev iteration, whose constants tend
to those of the best heavy ball. κ = 100."""

import torch

from dlnotes import check
from dlnotes.momentum import heavy_ball, optimal_heavy_ball

kappa = 100.0
curvatures = torch.linspace(1, kappa, 1001, dtype=torch.float64)
middle, half = (kappa + 1) / 2, (kappa - 1) / 2
before = torch.ones_like(curvatures)  # error of each component
error, ratio = 1 - curvatures / middle, half / middle  # ratio: T_t / T_(t+1) at middle / half
tuning = optimal_heavy_ball(1, kappa)
for t in range(1, 41):
    following = 1 / (2 * middle / half - ratio)
    momentum, lr = ratio * following, 2 * following / half
    error, before = (1 + momentum) * error - lr * curvatures * error - momentum * before, error
    ratio = following
    if t in (1, 10, 40):
        print(f"t = {t}: η = {lr:.5f}, β = {momentum:.4f}, largest error {error.abs().max():.2e}")
#> t = 1: η = 0.03811, β = 0.9245, largest error 9.25e-01
#> t = 10: η = 0.03325, β = 0.6793, largest error 2.17e-01
#> t = 40: η = 0.03306, β = 0.6694, largest error 5.34e-04
print(f"heavy ball: η = {tuning.lr:.5f}, β = {tuning.momentum:.4f}")
#> heavy ball: η = 0.03306, β = 0.6694
points = heavy_ball(lambda w: 0.5 * (curvatures * w**2).sum(), torch.ones_like(curvatures), *tuning[:2], 41)
print(f"largest error {points[-1].abs().max():.2e}")
#> largest error 2.02e-02


def constants(mu, L, t):
    u0 = (L + mu) / (L - mu)
    ratio = 1 / u0
    for _ in range(t):
        before, ratio = ratio, 1 / (2 * u0 - ratio)
    return 4 * ratio / (L - mu), ratio * before


check("momentum.5", constants)
#> momentum.5: right. It agrees with the reference on all 21 inputs.
