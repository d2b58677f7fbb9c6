"""Which layers may begin at zero? Final training losses on handwritten digits."""

import torch
from torch import nn

from dlnotes.data import digits

images, labels = digits()
x = images.flatten(1) / 16
for case in ("all weights", "output weights", "biases only"):
    torch.manual_seed(0)
    network = nn.Sequential(nn.Linear(64, 32), nn.Tanh(), nn.Linear(32, 10))
    for layer in (network[0], network[2]):
        nn.init.zeros_(layer.bias)
    if case != "biases only":
        nn.init.zeros_(network[2].weight)
    if case == "all weights":
        nn.init.zeros_(network[0].weight)
    optimizer = torch.optim.SGD(network.parameters(), lr=0.5)
    for _ in range(300):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(network(x), labels)
        loss.backward()
        optimizer.step()
    print(f"zero {case}: {loss.item():.2f} nats")
#> zero all weights: 2.30 nats
#> zero output weights: 0.07 nats
#> zero biases only: 0.07 nats
