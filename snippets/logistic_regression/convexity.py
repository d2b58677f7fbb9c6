import torch

from dlnotes.logistic_regression import (
    binary_cross_entropy_with_logits,
    logistic_regression_hessian,
)

torch.manual_seed(0)
N, d = 50, 3
X = torch.randn(N, d, dtype=torch.float64)
y = (torch.rand(N) < 0.5).double()
w = torch.randn(d, dtype=torch.float64)


def loss(w):
    return binary_cross_entropy_with_logits(X @ w, y)


H = logistic_regression_hessian(X, w)
print("same by autograd:", torch.allclose(H, torch.autograd.functional.hessian(loss, w)))
#> same by autograd: True
print("eigenvalues", torch.linalg.eigvalsh(H).numpy().round(4))
#> eigenvalues [0.0974 0.1261 0.1953]

dependent = torch.cat([X, X[:, :1] + X[:, 1:2]], dim=1)  # a sum of two
H = logistic_regression_hessian(dependent, torch.randn(d + 1, dtype=torch.float64))
flat = torch.linalg.eigvalsh(H)[0].abs() < 1e-12
print("with a dependent feature, an eigenvalue is 0:", flat.item())
#> with a dependent feature, an eigenvalue is 0: True
