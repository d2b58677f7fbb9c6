"""The guaranteed and the actual decrease, on logistic losses of random data:
the bound holds, and is not tight."""

import torch
from torch.nn.functional import softplus

generator = torch.Generator().manual_seed(0)
X = torch.randn(50, 4, generator=generator, dtype=torch.float64)
theta = torch.randn(4, generator=generator, dtype=torch.float64)


def f(theta):
    return softplus(X @ theta).mean()


L = torch.linalg.eigvalsh(X.T @ X / len(X))[-1] / 4  # σ'(z) is at most 1/4
g = torch.func.grad(f)(theta)
for share in (0.1, 1.0, 1.9):
    lr = share / L
    guaranteed = lr * (1 - L * lr / 2) * (g @ g)
    actual = f(theta) - f(theta - lr * g)
    print(f"η = {share}/L: guaranteed {guaranteed:.4f}, actual {actual:.4f}")
#> η = 0.1/L: guaranteed 0.0221, actual 0.0231
#> η = 1.0/L: guaranteed 0.1164, actual 0.2148
#> η = 1.9/L: guaranteed 0.0221, actual 0.3654
