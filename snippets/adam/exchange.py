"""Half of a training with torch's Adam, the rest with the one above."""

import torch

from dlnotes.adam import Adam

torch.manual_seed(0)
x, y = torch.randn(50, 3), torch.randn(50, 1)


def train(optimizer, model, steps):
    for _ in range(steps):
        optimizer.zero_grad()
        torch.nn.functional.mse_loss(model(x), y).backward()
        optimizer.step()


model, twin = torch.nn.Linear(3, 1), torch.nn.Linear(3, 1)
twin.load_state_dict(model.state_dict())
first = torch.optim.Adam(model.parameters(), lr=0.1, amsgrad=True)
train(first, model, 20)
second = Adam(model.parameters())
second.load_state_dict(first.state_dict())
train(second, model, 20)
train(torch.optim.Adam(twin.parameters(), lr=0.1, amsgrad=True), twin, 40)
print(torch.allclose(model.weight, twin.weight))
#> True
