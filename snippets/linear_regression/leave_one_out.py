import torch

from dlnotes.data import penguins
from dlnotes.linear_regression import hat_matrix, lstsq

measurements, _ = penguins()
x, y = measurements[:, 2], measurements[:, 3]
X = torch.stack([torch.ones_like(x), x], dim=1)

residual = y - X @ lstsq(X, y)
shortcut = residual / (1 - hat_matrix(X).diagonal())

kept = ~torch.eye(len(y), dtype=torch.bool)  # row i leaves out penguin i
weights = lstsq(X.expand(len(y), -1, -1)[kept].reshape(len(y), -1, 2), y.expand(len(y), -1)[kept].reshape(len(y), -1))
refitted = y - (X * weights).sum(dim=1)

print("342 refits agree with one fit:", torch.allclose(shortcut, refitted))
#> 342 refits agree with one fit: True
rmse, left_out = residual.square().mean().sqrt(), shortcut.square().mean().sqrt()
print(f"root mean squared error: fitted {rmse:.2f} g, left out {left_out:.2f} g")
#> root mean squared error: fitted 393.12 g, left out 395.33 g
