"""Growing momentum on a strongly convex quadratic, with and without restarts:
steps until the loss is below 1e-9."""

import torch

from dlnotes import check
from dlnotes.momentum import growing_momentum, nesterov, optimal_nesterov

for kappa in (100.0, 10_000.0):
    curvatures = torch.logspace(0, torch.log10(torch.tensor(kappa)).item(), 30, dtype=torch.float64)
    start, lr = torch.ones(30, dtype=torch.float64), 1 / kappa

    def f(w, curvatures=curvatures):
        return 0.5 * (curvatures * w**2).sum(-1)

    theta, nu, t, steps, restarts = start, torch.zeros_like(start), 1, 0, 0
    while f(theta) > 1e-9:
        glide = growing_momentum(t) * nu
        gradient = curvatures * (theta + glide)
        nu = glide - lr * gradient
        theta, t, steps = theta + nu, t + 1, steps + 1
        if gradient @ nu > 0:  # the ball moves uphill
            nu, t, restarts = torch.zeros_like(nu), 1, restarts + 1
    plain = nesterov(f, start, lr, growing_momentum, 40_000)
    best = optimal_nesterov(1, kappa)
    constant = nesterov(f, start, best.lr, best.momentum, 4000)
    counts = [int((f(points) > 1e-9).nonzero()[-1]) + 1 for points in (plain, constant)]
    print(f"κ = {kappa:g}: growing {counts[0]}, restarted {steps} ({restarts} restarts), κ known {counts[1]}")
#> κ = 100: growing 781, restarted 153 (3 restarts), κ known 104
#> κ = 10000: growing 35110, restarted 1781 (3 restarts), κ known 1204
check("momentum.7", lambda kappa: (3 * kappa**0.5 - 1) / 2)
#> momentum.7: right. It agrees with the reference on all 20 inputs.
