import torch

from dlnotes import check
from dlnotes.multilayer_perceptron import mlp

torch.manual_seed(0)
x, y = torch.randn(20, 3, dtype=torch.float64), torch.randn(20, 2, dtype=torch.float64)
W1, W2 = torch.randn(5, 3, dtype=torch.float64), torch.randn(2, 5, dtype=torch.float64)
b1, b2 = torch.randn(5, dtype=torch.float64), torch.randn(2, dtype=torch.float64)
for c in (1.0, 10.0):
    weights = [(c * W1).requires_grad_(), (W2 / c).requires_grad_()]
    output = mlp(x, weights, [c * b1, b2])
    grads = torch.autograd.grad((output - y).square().mean(), weights)
    norms = [round(g.norm().item(), 3) for g in grads]
    print(f"c = {c}: sum of outputs {output.sum():.6f}, norms of the gradients {norms}")
#> c = 1.0: sum of outputs -63.342181, norms of the gradients [11.29, 19.219]
#> c = 10.0: sum of outputs -63.342181, norms of the gradients [1.129, 192.191]
check("multilayer_perceptron.4", lambda n1, n2: (n1 / n2) ** 0.5)  # where n1 / c = c n2
#> multilayer_perceptron.4: right. It agrees with the reference on all 20 inputs.
