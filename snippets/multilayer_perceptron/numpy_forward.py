import numpy as np
import torch

torch.manual_seed(0)
network = torch.nn.Sequential(
    torch.nn.Linear(4, 6), torch.nn.ReLU(), torch.nn.Linear(6, 5), torch.nn.ReLU(), torch.nn.Linear(5, 3)
).double()
X = np.random.default_rng(0).normal(size=(7, 4))

A = X
layers = [(layer.weight.detach().numpy(), layer.bias.detach().numpy()) for layer in network[::2]]
for W, b in layers[:-1]:
    A = np.maximum(A @ W.T + b, 0)
W, b = layers[-1]
Z = A @ W.T + b
print("shapes", [W.shape for W, _ in layers], "->", Z.shape)
#> shapes [(6, 4), (5, 6), (3, 5)] -> (7, 3)
print("NumPy equals torch:", np.allclose(Z, network(torch.from_numpy(X)).detach().numpy(), rtol=1e-12))
#> NumPy equals torch: True
