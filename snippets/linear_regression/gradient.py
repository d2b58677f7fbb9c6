import torch

from dlnotes.data import penguins
from dlnotes.linear_regression import linear, linear_regression_gradient, mse_loss

measurements, _ = penguins()
x, y = measurements[:, [2, 1]], measurements[:, 3] / 1000  # mm, kg
w = torch.tensor([0.01, 0.02], dtype=torch.float64, requires_grad=True)
b = torch.tensor(1.0, dtype=torch.float64, requires_grad=True)

autograd = torch.autograd.grad(mse_loss(linear(x, w, b), y), (w, b))
formula = linear_regression_gradient(x, y, w.detach(), b.detach())
print("formula ", formula[0].numpy().round(4), round(formula[1].item(), 4))
#> formula  [-357.6816  -27.82  ] -1.6992
print("autograd", autograd[0].numpy().round(4), round(autograd[1].item(), 4))
#> autograd [-357.6816  -27.82  ] -1.6992
