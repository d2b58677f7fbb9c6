import torch
from torch.nn import functional as F

torch.manual_seed(0)
m, eps = 5, 1e-5
x = torch.randn(m, dtype=torch.float64)


def normalized(x):
    return F.batch_norm(x[:, None], None, None, training=True, eps=eps)[:, 0]


x_hat = normalized(x)
s = (x.var(correction=0) + eps).sqrt()
ones = torch.ones(m, dtype=torch.float64)
removed = torch.outer(ones, ones) / m + torch.outer(x_hat, x_hat) / m
J = (torch.eye(m) - removed) / s
autograd = torch.autograd.functional.jacobian(normalized, x)
print("formula = autograd:", bool((J - autograd).abs().max() < 1e-12))
#> formula = autograd: True
eigenvalues = torch.linalg.eigvalsh(J).abs()
print("eigenvalues times s:", (s * eigenvalues).numpy().round(5))
#> eigenvalues times s: [0.e+00 1.e-05 1.e+00 1.e+00 1.e+00]

g = torch.randn(m, dtype=torch.float64)
by_hand = (g - g.mean() - x_hat * (g * x_hat).mean()) / s
print("without building J:", bool((by_hand - J.T @ g).abs().max() < 1e-15))
#> without building J: True
