import torch

from dlnotes import check
from dlnotes.multilayer_perceptron import mlp, sigmoid, tanh


def tanh_by_sigmoids(W1, b1, W2, b2):
    return 2 * W1, 2 * b1, 2 * W2, b2 - W2.sum(dim=1)


torch.manual_seed(0)
x = torch.randn(9, 3, dtype=torch.float64)
W1, W2 = torch.randn(5, 3, dtype=torch.float64), torch.randn(2, 5, dtype=torch.float64)
b1, b2 = torch.randn(5, dtype=torch.float64), torch.randn(2, dtype=torch.float64)

by_tanh = mlp(x, [W1, W2], [b1, b2], tanh)
V1, c1, V2, c2 = tanh_by_sigmoids(W1, b1, W2, b2)
by_sigmoid = mlp(x, [V1, V2], [c1, c2], sigmoid)
print("the same function:", torch.allclose(by_tanh, by_sigmoid))
#> the same function: True
check("multilayer_perceptron.7", tanh_by_sigmoids)
#> multilayer_perceptron.7: right. It agrees with the reference on all 20 inputs.
