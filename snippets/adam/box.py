"""AdamW for a loss whose minimum is at (10, 0.5), with λ = 0.5."""

import torch

from dlnotes.adam import Adam, AdamW

minimum = torch.tensor([10.0, 0.5], dtype=torch.float64)
for make in (Adam, AdamW):
    w = torch.zeros(2, dtype=torch.float64, requires_grad=True)
    optimizer = make([w], lr=1e-3, weight_decay=0.5)
    for _ in range(20000):
        w.grad = (w - minimum).detach()
        optimizer.step()
    print(make.__name__, [round(x, 2) for x in w.tolist()])
#> Adam [6.67, 0.33]
#> AdamW [2.0, 0.5]
