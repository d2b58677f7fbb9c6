import math

import torch
from torch import nn
from torch.nn.functional import cross_entropy

torch.manual_seed(0)
labels = torch.arange(2).repeat(400)
radius = 1 + 1.5 * labels + 0.2 * torch.randn(800)
angle = 2 * math.pi * torch.rand(800)
cartesian = torch.stack([radius * angle.cos(), radius * angle.sin()], dim=1)
polar = torch.stack([radius, angle], dim=1)


def accuracy(model, x):
    optimizer = torch.optim.Adam(model.parameters(), lr=0.03)
    for _ in range(500):
        optimizer.zero_grad()
        cross_entropy(model(x), labels).backward()
        optimizer.step()
    return (model(x).argmax(1) == labels).float().mean().item()


print(f"linear on (x, y): {accuracy(nn.Linear(2, 2), cartesian):.2f}")
#> linear on (x, y): 0.56
print(f"linear on (r, angle): {accuracy(nn.Linear(2, 2), polar):.2f}")
#> linear on (r, angle): 1.00
for units in (2, 3):
    network = nn.Sequential(nn.Linear(2, units), nn.Tanh(), nn.Linear(units, 2))
    print(f"linear on {units} learned units: {accuracy(network, cartesian):.2f}")
    #> linear on 2 learned units: 0.84
    #> linear on 3 learned units: 1.00
