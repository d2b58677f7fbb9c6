import torch

from dlnotes.softmax import softmax, softmax_vjp

torch.manual_seed(0)
K = 10_000  # the Jacobian would fill 800 MB
z = torch.randn(K, dtype=torch.float64, requires_grad=True)
g = torch.randn(K, dtype=torch.float64)

a = torch.softmax(z, dim=0)
(autograd,) = torch.autograd.grad(a, z, g)
formula = softmax_vjp(g, softmax(z.detach(), dim=0), dim=0)
print("agree to 1e-15:", bool((formula - autograd).abs().max() < 1e-15))
#> agree to 1e-15: True
