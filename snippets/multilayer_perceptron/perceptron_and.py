import torch

from dlnotes.multilayer_perceptron import mistake_bound, perceptron

x = torch.tensor([[0.0, 0.0, 1.0], [0.0, 1.0, 1.0], [1.0, 0.0, 1.0], [1.0, 1.0, 1.0]])  # the last entry is 1
y = torch.tensor([-1.0, -1.0, -1.0, 1.0])
weights = perceptron(x, y)
print("weights in the end", weights[-1].tolist(), " scores", (x @ weights[-1]).tolist())
#> weights in the end [3.0, 2.0, -4.0]  scores [-4.0, -2.0, -1.0, 1.0]
print(f"mistakes {len(weights) - 1}, bound {mistake_bound(x, y, torch.tensor([1.0, 1.0, -1.5])):.1f}")
#> mistakes 18, bound 51.0
