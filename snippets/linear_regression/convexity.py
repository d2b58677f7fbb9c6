import torch

from dlnotes.data import penguins
from dlnotes.linear_regression import linear_regression_gradient, mse_loss

measurements, _ = penguins()
x, y = measurements[:, [2, 1]], measurements[:, 3] / 1000
x = (x - x.mean(dim=0)) / x.std(dim=0, correction=0)
X = torch.cat([torch.ones(len(x), 1, dtype=x.dtype), x], dim=1)

hessian = torch.autograd.functional.hessian(lambda w: mse_loss(X @ w, y), torch.zeros(3, dtype=torch.float64))
print("Hessian is 2/N X'X:", torch.allclose(hessian, 2 / len(y) * X.T @ X))
#> Hessian is 2/N X'X: True
print("eigenvalues", torch.linalg.eigvalsh(hessian).numpy().round(3))
#> eigenvalues [0.832 2.    3.168]
torch.manual_seed(0)
w, b = 10 * torch.randn(1000, 2, dtype=torch.float64), 10 * torch.randn(1000, dtype=torch.float64)
for _ in range(300):  # a thousand starts at once
    grad_w, grad_b = linear_regression_gradient(x.expand(1000, -1, -1), y.expand(1000, -1), w, b)
    w, b = w - 0.2 * grad_w, b - 0.2 * grad_b
loss = (w @ x.T + b.unsqueeze(1) - y).square().mean(dim=1)
print(f"1000 starts end with losses from {loss.min():.6f} to {loss.max():.6f} kg²")
#> 1000 starts end with losses from 0.153233 to 0.153233 kg²
