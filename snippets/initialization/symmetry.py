"""Two hundred steps from constant weights: how large is the gradient of the
hidden layer, and do its units still agree?"""

import torch
from torch import nn

generator = torch.Generator().manual_seed(0)
x, y = (torch.randn(64, size, generator=generator) for size in (3, 1))
for constant in (0.0, 0.5):
    hidden, output = nn.Linear(3, 4), nn.Linear(4, 1)
    for layer in (hidden, output):
        nn.init.constant_(layer.weight, constant)
        nn.init.zeros_(layer.bias)
    parameters = [*hidden.parameters(), *output.parameters()]
    optimizer = torch.optim.SGD(parameters, lr=0.05)
    for _ in range(200):
        optimizer.zero_grad()
        loss = (output(torch.tanh(hidden(x))) - y).square().mean()
        loss.backward()
        optimizer.step()
    size = hidden.weight.grad.norm()
    equal = bool((hidden.weight == hidden.weight[0]).all())
    print(f"start {constant}: |∂L/∂W| = {size:.4f}, units equal: {equal}")
#> start 0.0: |∂L/∂W| = 0.0000, units equal: True
#> start 0.5: |∂L/∂W| = 0.0182, units equal: True
