"""A deeper plain network that computes exactly what a shallower one does, and what cannot be done with sigmoids."""

import torch
from torch import nn

torch.manual_seed(0)
shallow = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 3)).double()


def identity_layer() -> nn.Sequential:
    layer = nn.Linear(8, 8).double()
    nn.init.eye_(layer.weight)
    nn.init.zeros_(layer.bias)
    return nn.Sequential(layer, nn.ReLU())


deep = nn.Sequential(*shallow[:2], *(identity_layer() for _ in range(50)), shallow[2])
x = torch.randn(16, 4, dtype=torch.float64)
print("52 layers equal 2:", torch.equal(deep(x), shallow(x)))
#> 52 layers equal 2: True

h = torch.tensor([-1.0, 2.0])
print("ReLU on signed inputs:", torch.relu(h).tolist())
#> ReLU on signed inputs: [0.0, 2.0]
print("sigmoid, W = I:", [round(value, 3) for value in torch.sigmoid(h).tolist()])
#> sigmoid, W = I: [0.269, 0.881]
