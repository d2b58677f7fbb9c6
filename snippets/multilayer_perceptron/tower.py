import torch

from dlnotes.multilayer_perceptron import mlp, sigmoid

steepness = 100.0
weights = [  # four edges, then the tower over 0.2 < x1 < 0.6 and 0.3 < x2 < 0.8, then its height
    steepness * torch.tensor([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0]]),
    steepness * torch.tensor([[1.0, -1.0, 1.0, -1.0]]),
    torch.tensor([[5.0]]),
]
biases = [-steepness * torch.tensor([0.2, 0.6, 0.3, 0.8]), torch.tensor([-1.5 * steepness]), torch.tensor([0.0])]
points = torch.tensor([[0.4, 0.5], [0.4, 0.9], [0.1, 0.5], [0.9, 0.9]])
print(mlp(points, weights, biases, sigmoid).squeeze().numpy().round(3).tolist())
#> [5.0, 0.0, 0.0, 0.0]
