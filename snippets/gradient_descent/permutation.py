"""A trained network, and the same network with its hidden units exchanged:
equal loss there, not between."""

import math

import torch

from dlnotes.data import penguins
from dlnotes.gradient_descent import SGD, standardize

measurements, species = penguins()
x = standardize(measurements).features
torch.manual_seed(0)
layers = torch.nn.Linear(4, 6), torch.nn.Tanh(), torch.nn.Linear(6, 3)
network = torch.nn.Sequential(*layers).double()
optimizer = SGD(network.parameters(), lr=0.5)
for _ in range(300):
    optimizer.zero_grad()
    torch.nn.functional.cross_entropy(network(x), species).backward()
    optimizer.step()

W1, b1, W2, b2 = (parameter.detach() for parameter in network.parameters())
order = torch.tensor([1, 2, 3, 4, 5, 0])


def loss(W1, b1, W2, b2):
    scores = torch.tanh(x @ W1.T + b1) @ W2.T + b2
    return torch.nn.functional.cross_entropy(scores, species).item()


exchanged = (W1[order], b1[order], W2[:, order], b2)
pairs = zip((W1, b1, W2, b2), exchanged, strict=True)
half = [(mine + other) / 2 for mine, other in pairs]
print(f"{2**6 * math.factorial(6)} equivalent settings")
#> 46080 equivalent settings
print(f"trained {loss(W1, b1, W2, b2):.4f}, exchanged {loss(*exchanged):.4f}")
#> trained 0.0157, exchanged 0.0157
print(f"half way between them {loss(*half):.4f}")
#> half way between them 0.0679
