import torch

from dlnotes.multilayer_perceptron import mistake_bound, perceptron

x, y = torch.eye(7), torch.tensor([1.0, -1.0, -1.0, 1.0, 1.0, -1.0, 1.0])
print("mistakes", len(perceptron(x, y)) - 1, "bound", round(mistake_bound(x, y, weight=y).item(), 3))
#> mistakes 7 bound 7.0
