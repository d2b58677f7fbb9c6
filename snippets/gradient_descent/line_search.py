"""Rosenbrock's valley (1960): a fixed step against a line search at every step."""

import torch

from dlnotes.gradient_descent import backtracking, gradient_descent


def rosenbrock(p):
    return (1 - p[0]) ** 2 + 100 * (p[1] - p[0] ** 2) ** 2


start = torch.tensor([-1.2, 1.0], dtype=torch.float64)
for lr in (0.001, 0.004):
    end = gradient_descent(rosenbrock, start, lr, steps=1000)[-1]
    print(f"η = {lr}: {rosenbrock(end).item():.4f}")
#> η = 0.001: 0.4535
#> η = 0.004: 0.4526

point, used = start, []
for _ in range(1000):
    used.append(backtracking(rosenbrock, point))
    point = point - used[-1] * torch.func.grad(rosenbrock)(point)
loss = rosenbrock(point).item()
print(f"line search: {loss:.2g}, η from {min(used):.4f} to {max(used):.4f}")
#> line search: 0.00075, η from 0.0010 to 0.5000
