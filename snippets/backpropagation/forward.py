import torch

from dlnotes.backpropagation import SIGMOID, forward, mean_cross_entropy, tiny_network

x, y, weights, biases = tiny_network()
_, a1, z2 = forward(x, weights, biases, SIGMOID)
print("z1", (x @ weights[0].mT + biases[0]).round(decimals=4).tolist())
#> z1 [[0.0, 1.0, 1.1]]
print("a1", a1.round(decimals=4).tolist())
#> a1 [[0.5, 0.7311, 0.7503]]
print("z2", z2.round(decimals=4).tolist())
#> z2 [[0.1345, 0.7677]]
print("a2", torch.softmax(z2, dim=-1).round(decimals=4).tolist())
#> a2 [[0.3468, 0.6532]]
print(f"loss {mean_cross_entropy(z2, y):.4f}")
#> loss 0.4259
