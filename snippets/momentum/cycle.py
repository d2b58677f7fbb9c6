"""A convex function whose curvature is 25, 1 and again 25: with the constants
that are best on quadratics the heavy ball never arrives."""

import torch

from dlnotes.gradient_descent import gradient_descent
from dlnotes.momentum import heavy_ball, nesterov, optimal_heavy_ball, optimal_nesterov


def f(x):
    middle = 12.5 + 25 * (x - 1) + 0.5 * (x - 1) ** 2
    outer = 38 + 26 * (x - 2) + 12.5 * (x - 2) ** 2
    return torch.where(x < 1, 12.5 * x**2, torch.where(x < 2, middle, outer))


start = torch.tensor(3.3, dtype=torch.float64)
ball, ahead = optimal_heavy_ball(1, 25), optimal_nesterov(1, 25)
points = heavy_ball(f, start, ball.lr, ball.momentum, 3000)
print("heavy ball:", [round(x, 4) for x in points[-6:].tolist()])
#> heavy ball: [-1.8024, 2.1159, 0.6465, -1.8024, 2.1159, 0.6465]
print("as fractions of 1225:", [round(1225 * x, 3) for x in points[-3:].tolist()])
#> as fractions of 1225: [-2208.0, 2592.0, 792.0]
print(f"heavy ball, from 3.6: {heavy_ball(f, start + 0.3, ball.lr, ball.momentum, 3000)[-1].abs():.1e}")
#> heavy ball, from 3.6: 9.9e-324
print(f"Nesterov: {nesterov(f, start, ahead.lr, ahead.momentum, 3000)[-1].abs():.1e}")
#> Nesterov: 9.9e-324
print(f"gradient descent: {gradient_descent(f, start, 1 / 25, 3000)[-1].abs():.1e}")
#> gradient descent: 0.0e+00
