import torch

from dlnotes.multilayer_perceptron import perceptron

x = torch.tensor([[0.0, 0.0, 1.0], [0.0, 1.0, 1.0], [1.0, 0.0, 1.0], [1.0, 1.0, 1.0]])
weights = perceptron(x, torch.tensor([-1.0, 1.0, 1.0, -1.0]), max_mistakes=1000)
print("mistakes", len(weights) - 1, "different weights", len(weights.unique(dim=0)))
#> mistakes 1000 different weights 4
print(f"longest weight vector {weights.norm(dim=1).max():.3f}")
#> longest weight vector 1.732
