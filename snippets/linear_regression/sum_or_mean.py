import torch

from dlnotes.data import penguins
from dlnotes.linear_regression import linear, mse_loss

measurements, _ = penguins()
flipper = measurements[:, 2:3]
x, y = (flipper - flipper.mean()) / flipper.std(), measurements[:, 3] / 1000

for reduction, lr in (("mean", 0.1), ("sum", 0.1), ("sum", 0.1 / len(y))):
    w, b = (
        torch.zeros(1, dtype=torch.float64, requires_grad=True),
        torch.zeros((), dtype=torch.float64, requires_grad=True),
    )
    for _ in range(30):
        gradients = torch.autograd.grad(mse_loss(linear(x, w, b), y, reduction=reduction), (w, b))
        w, b = (p.detach().sub(lr * g).requires_grad_() for p, g in zip((w, b), gradients, strict=True))
    print(f"{reduction:4} lr {lr:.5f}  w = {w.item():.3g}, b = {b.item():.3g}")
    #> mean lr 0.10000  w = 0.698, b = 4.2
    #> sum  lr 0.10000  w = -4.63e+54, b = -3.04e+55
    #> sum  lr 0.00029  w = 0.698, b = 4.2
