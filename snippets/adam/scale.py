"""Distance from the start after five steps on c w²/2, for c = 1 and c =
1000."""

import torch

from dlnotes.adam import Adam

makers = {
    "momentum": lambda params: torch.optim.SGD(params, lr=1e-4, momentum=0.9),
    "Adam": lambda params: Adam(params, lr=1e-2),
}
for name, make in makers.items():
    moved = []
    for c in (1.0, 1000.0):
        w = torch.ones(1, dtype=torch.float64, requires_grad=True)
        optimizer = make([w])
        for _ in range(5):
            optimizer.zero_grad()
            (0.5 * c * w.square()).sum().backward()
            optimizer.step()
        moved.append(f"{1 - w.item():.5f}")
    print(name, moved)
#> momentum ['0.00131', '1.02916']
#> Adam ['0.04995', '0.04995']
