import torch

from dlnotes import check
from dlnotes.data import penguins
from dlnotes.linear_regression import hat_matrix, lstsq

measurements, _ = penguins()
x, y = measurements[:, 2], measurements[:, 3]
X = torch.stack([torch.ones_like(x), x], dim=1)


def left_out(X, y):
    residual = y - X @ lstsq(X, y)
    return residual / (1 - hat_matrix(X).diagonal())


kept = ~torch.eye(len(y), dtype=torch.bool)  # row i leaves out penguin i
weights = lstsq(X.expand(len(y), -1, -1)[kept].reshape(len(y), -1, 2), y.expand(len(y), -1)[kept].reshape(len(y), -1))
refitted = y - (X * weights).sum(dim=1)

print("342 refits agree with one fit:", torch.allclose(left_out(X, y), refitted))
#> 342 refits agree with one fit: True
rmse, without = (e.square().mean().sqrt() for e in (y - X @ lstsq(X, y), left_out(X, y)))
print(f"root mean squared error: fitted {rmse:.2f} g, left out {without:.2f} g")
#> root mean squared error: fitted 393.12 g, left out 395.33 g
check("linear_regression.3", left_out)
#> linear_regression.3: right. It agrees with the reference on all 20 inputs.
