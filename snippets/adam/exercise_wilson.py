"""Least squares with more features than samples: the solutions of
gradient descent and of Adam from zero, on new samples."""

import torch

from dlnotes import check
from dlnotes.adam import Adagrad, Adam, RMSprop

torch.manual_seed(0)
n, positive = 40, 0.6
y = torch.where(torch.rand(n) < positive, 1.0, -1.0).double()
X = torch.zeros(n, 3 + 5 * n, dtype=torch.float64)
X[:, 0], X[:, 1:3] = y, 1.0  # the first feature is the label, the next two are constant
for i in range(n):  # the others mark the sample: one feature for a positive one, five for a negative one
    X[i, 3 + 5 * i : 3 + 5 * i + (1 if y[i] > 0 else 5)] = 1.0
new = torch.zeros(2, X.shape[1], dtype=torch.float64)  # a positive and a negative sample never seen
new[:, 1:3], new[0, 0], new[1, 0] = 1.0, 1.0, -1.0  # their own marks have the weight 0


def solve(make):
    w = torch.zeros(X.shape[1], dtype=torch.float64, requires_grad=True)
    optimizer = make([w])
    for _ in range(3000):
        w.grad = (X.T @ (X @ w - y) / n).detach()
        optimizer.step()
    return w.detach()


makers = {
    "gradient descent": lambda p: torch.optim.SGD(p, lr=0.3),
    "Adagrad": lambda p: Adagrad(p, lr=0.1),
    "RMSprop": lambda p: RMSprop(p, lr=1e-3, eps=1e-4),
    "Adam": lambda p: Adam(p, lr=1e-3),
}
for name, make in makers.items():
    w = solve(make)
    wrong = ((X @ w).sign() != y).sum().item()
    print(f"{name}: {wrong} wrong in training, new positive {new[0] @ w:.2f}, new negative {new[1] @ w:.2f}")
#> gradient descent: 0 wrong in training, new positive 0.98, new negative -0.84
#> Adagrad: 0 wrong in training, new positive 0.75, new negative 0.25
#> RMSprop: 0 wrong in training, new positive 0.75, new negative 0.25
#> Adam: 0 wrong in training, new positive 0.75, new negative 0.25


def end_of_adaptive_methods(X, y):
    s = torch.sign(X.T @ y)
    c = (X @ s / y).mean()  # all entries are equal
    return s / c


check("adam.4", end_of_adaptive_methods)
#> adam.4: right. It agrees with the reference on all 20 inputs.
