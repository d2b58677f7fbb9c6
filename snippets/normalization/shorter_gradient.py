import torch

from dlnotes.normalization import batch_norm

torch.manual_seed(0)
m = 8
x = (3 * torch.randn(m, 1, dtype=torch.float64)).requires_grad_()
g = torch.randn(m, 1, dtype=torch.float64)  # gradient by the output
y = batch_norm(x, None, None, training=True, eps=1e-300)
(by_input,) = torch.autograd.grad(y, x, g)
var = x.detach().var(correction=0)
lost = (g.sum() ** 2 + (g * y).sum() ** 2) / m
formula = ((g**2).sum() - lost) / var
print(f"|dL/dx|² {(by_input**2).sum():.4f}, formula {formula.item():.4f}")
#> |dL/dx|² 0.2747, formula 0.2747
ratio = (by_input.norm() / g.norm()).item()
print(f"σ = {var.sqrt():.2f}: ratio of the lengths {ratio:.3f}")
#> σ = 3.55: ratio of the lengths 0.256

x = (0.01 * x).detach().requires_grad_()
y = batch_norm(x, None, None, training=True, eps=1e-300)
(by_input,) = torch.autograd.grad(y, x, g)
ratio = (by_input.norm() / g.norm()).item()
print(f"σ = {0.01 * var.sqrt():.4f}: ratio of the lengths {ratio:.1f}")
#> σ = 0.0355: ratio of the lengths 25.6
