import torch

x = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])

W1 = torch.tensor([[20.0, 20.0], [20.0, 20.0]])
b1 = torch.tensor([-10.0, -30.0])  # OR, AND
w2, b2 = torch.tensor([20.0, -40.0]), -10.0  # OR and not AND

hidden = torch.sigmoid(x @ W1.T + b1)
print(hidden.numpy().round(3).tolist())
#> [[0.0, 0.0], [1.0, 0.0], [1.0, 0.0], [1.0, 1.0]]
print(torch.sigmoid(hidden @ w2 + b2).numpy().round(3))
#> [0. 1. 1. 0.]
