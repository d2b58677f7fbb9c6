"""For each t a chain of 2 t + 1 coupled coordinates, smooth and convex, that is
hard for every method of t gradients: excess loss in units of L ‖θ_0 - θ*‖²."""

import torch

from dlnotes.gradient_descent import gradient_descent
from dlnotes.momentum import growing_momentum, nesterov

L = 4.0


def chain(w):
    return 0.5 * (w[0] ** 2 + w.diff().square().sum() + w[-1] ** 2) - w[0]


for t in (10, 50, 200):
    k = 2 * t + 1
    best = 1 - torch.arange(1, k + 1, dtype=torch.float64) / (k + 1)
    start, unit = torch.zeros(k, dtype=torch.float64), L * best.square().sum()
    ends = {
        "gradient descent": gradient_descent(chain, start, 1 / L, t)[-1],
        "Nesterov": nesterov(chain, start, 1 / L, growing_momentum, t)[-1],
    }
    excess = [f"{name} {(chain(end) - chain(best)) / unit:.2e}" for name, end in ends.items()]
    bounds = 3 / (32 * (t + 1) ** 2), 2 / (t + 1) ** 2
    print(f"t = {t}: at least {bounds[0]:.2e}, {', '.join(excess)}, Nesterov at most {bounds[1]:.2e}")
#> t = 10: at least 7.75e-04, gradient descent 3.64e-03, Nesterov 2.36e-03, Nesterov at most 1.65e-02
#> t = 50: at least 3.60e-05, gradient descent 3.82e-04, Nesterov 1.16e-04, Nesterov at most 7.69e-04
#> t = 200: at least 2.32e-06, gradient descent 5.04e-05, Nesterov 7.63e-06, Nesterov at most 4.95e-05
