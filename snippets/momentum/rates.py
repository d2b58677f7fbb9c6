"""Predicted and measured rate, and steps until the error is a millionth, each
method with its best constants."""

import torch

from dlnotes.gradient_descent import gradient_descent
from dlnotes.momentum import heavy_ball, nesterov, optimal_heavy_ball, optimal_nesterov

for kappa in (10, 100, 1000):
    curvatures = torch.linspace(1, kappa, 7, dtype=torch.float64)
    start = torch.ones(7, dtype=torch.float64)

    def f(w, curvatures=curvatures):
        return 0.5 * (curvatures * w**2).sum()

    ball, ahead = optimal_heavy_ball(1, kappa), optimal_nesterov(1, kappa)
    paths = {
        "gradient descent": ((kappa - 1) / (kappa + 1), gradient_descent(f, start, 2 / (1 + kappa), 8000)),
        "heavy ball": (ball.rate, heavy_ball(f, start, ball.lr, ball.momentum, 8000)),
        "Nesterov": (ahead.rate, nesterov(f, start, ahead.lr, ahead.momentum, 8000)),
    }
    for name, (rate, points) in paths.items():
        error = points.norm(dim=1)
        measured = (error[400] / error[200]) ** (1 / 200)
        steps = int((error > 1e-6 * error[0]).nonzero()[-1]) + 1
        print(f"κ = {kappa}, {name}: rate {rate:.4f}, measured {measured:.4f}, {steps} steps")
#> κ = 10, gradient descent: rate 0.8182, measured 0.8182, 66 steps
#> κ = 10, heavy ball: rate 0.5195, measured 0.5213, 26 steps
#> κ = 10, Nesterov: rate 0.6408, measured 0.6430, 35 steps
#> κ = 100, gradient descent: rate 0.9802, measured 0.9802, 660 steps
#> κ = 100, heavy ball: rate 0.8182, measured 0.8210, 90 steps
#> κ = 100, Nesterov: rate 0.8847, measured 0.8877, 128 steps
#> κ = 1000, gradient descent: rate 0.9980, measured 0.9980, 6595 steps
#> κ = 1000, heavy ball: rate 0.9387, measured 0.9419, 304 steps
#> κ = 1000, Nesterov: rate 0.9635, measured 0.9665, 421 steps
