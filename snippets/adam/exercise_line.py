"""Distance from the start on a straight line after 10,000 steps with η =
0.01."""

import torch

from dlnotes import check
from dlnotes.adam import Adagrad, Adam, RMSprop

for make in (Adagrad, RMSprop, Adam):
    w = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    optimizer = make([w], lr=0.01)
    for _ in range(10_000):
        w.grad = torch.full((1,), -3.0, dtype=torch.float64)
        optimizer.step()
    print(f"{make.__name__}: {w.item():.2f}")
#> Adagrad: 1.99
#> RMSprop: 101.24
#> Adam: 100.00
print(f"between {0.01 * (2 * 10_001**0.5 - 2):.2f} and {0.01 * (2 * 10_000**0.5 - 1):.2f}")
#> between 1.98 and 1.99


def distances(T, alpha):
    t = torch.arange(1, T + 1, dtype=torch.float64)
    return (t**-0.5).sum(), ((1 - alpha**t) ** -0.5).sum(), T


check("adam.6", distances)
#> adam.6: right. It agrees with the reference on all 20 inputs.
