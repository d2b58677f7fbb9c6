"""Which of two minima gradient descent finds depends on where it starts, and on
the step."""

import torch

from dlnotes.gradient_descent import gradient_descent


def f(w):
    return 0.25 * (w**2 - 1) ** 2 + 0.1 * w


for w in (-1.047, 0.946):
    w = torch.tensor(w, dtype=torch.float64)
    curvature = torch.func.grad(torch.func.grad(f))(w)
    print(f"at {w:.3f}: loss {f(w):.3f}, curvature {curvature:.2f}")
#> at -1.047: loss -0.102, curvature 2.29
#> at 0.946: loss 0.097, curvature 1.68
for lr in (0.1, 1.0):
    ends = []
    for start in (-1.5, -0.5, 0.05, 0.2, 0.5, 1.5):
        points = gradient_descent(f, torch.tensor(start).double(), lr, steps=500)
        ends.append(round(points[-1].item(), 3))
    print(f"η = {lr}: {ends}")
#> η = 0.1: [-1.047, -1.047, -1.047, 0.946, 0.946, 0.946]
#> η = 1.0: [0.946, -1.188, -0.799, 0.946, 0.946, -0.799]
