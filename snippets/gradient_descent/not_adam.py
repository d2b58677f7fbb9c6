"""Distance moved in five steps when the loss is multiplied by 1000."""

import torch

optimizers = {
    "momentum": lambda params: torch.optim.SGD(params, lr=1e-4, momentum=0.9),
    "Adam": lambda params: torch.optim.Adam(params, lr=1e-2),
}
for name, make in optimizers.items():
    moved = []
    for scale in (1.0, 1000.0):
        w = torch.ones(1, dtype=torch.float64, requires_grad=True)
        optimizer = make([w])
        for _ in range(5):
            optimizer.zero_grad()
            (scale * 0.5 * w**2).sum().backward()
            optimizer.step()
        moved.append(round(1 - w.item(), 4))
    print(name, moved)
#> momentum [0.0013, 1.0292]
#> Adam [0.05, 0.05]
