import torch

from dlnotes.multilayer_perceptron import mlp, sigmoid, tanh

torch.manual_seed(0)
x = torch.randn(9, 3, dtype=torch.float64)
W1, W2 = torch.randn(5, 3, dtype=torch.float64), torch.randn(2, 5, dtype=torch.float64)
b1, b2 = torch.randn(5, dtype=torch.float64), torch.randn(2, dtype=torch.float64)

by_tanh = mlp(x, [W1, W2], [b1, b2], tanh)
by_sigmoid = mlp(x, [2 * W1, 2 * W2], [2 * b1, b2 - W2.sum(dim=1)], sigmoid)
print("the same function:", torch.allclose(by_tanh, by_sigmoid))
#> the same function: True
