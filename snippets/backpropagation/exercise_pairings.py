import torch
from torch.nn import functional as F

from dlnotes import check

torch.manual_seed(0)
z = torch.randn(4, dtype=torch.float64, requires_grad=True)
y = torch.tensor([0.1, 0.0, 0.7, 0.2], dtype=torch.float64)
pairs = {
    "identity, half squared error": (z, 0.5 * ((z - y) ** 2).sum()),
    "sigmoid, binary cross entropy": (torch.sigmoid(z), F.binary_cross_entropy_with_logits(z, y, reduction="sum")),
    "softmax, cross entropy": (torch.softmax(z, dim=0), F.cross_entropy(z, y)),
    "sigmoid, half squared error": (torch.sigmoid(z), 0.5 * ((torch.sigmoid(z) - y) ** 2).sum()),
}
for name, (a, loss) in pairs.items():
    (delta,) = torch.autograd.grad(loss, z, retain_graph=True)
    print(f"{name}: |delta - (a - y)| = {(delta - (a - y)).abs().max():.3f}")
#> identity, half squared error: |delta - (a - y)| = 0.000
#> sigmoid, binary cross entropy: |delta - (a - y)| = 0.000
#> softmax, cross entropy: |delta - (a - y)| = 0.000
#> sigmoid, half squared error: |delta - (a - y)| = 0.618


def sigmoid_squared_error(z, y):
    a = torch.sigmoid(z)
    return (a - y) * a * (1 - a)


check("backpropagation.1", sigmoid_squared_error)
#> backpropagation.1: right. It agrees with the reference on all 21 inputs.
