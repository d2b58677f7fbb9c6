import torch

from dlnotes.multilayer_perceptron import mlp

x = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
weights = [torch.tensor([[1.0, 1.0], [1.0, 1.0]]), torch.tensor([[1.0, -2.0]])]
biases = [torch.tensor([0.0, -1.0]), torch.tensor([0.0])]
print(mlp(x, weights, biases).squeeze().tolist())
#> [0.0, 1.0, 1.0, 0.0]
