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
#>
