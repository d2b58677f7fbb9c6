"""What one step takes from the parameters 10 and 0.1 when the loss has
no gradient."""

import torch

for make in (torch.optim.SGD, torch.optim.Adam, torch.optim.AdamW):
    w = torch.tensor([10.0, 0.1], dtype=torch.float64, requires_grad=True)
    optimizer = make([w], lr=0.01, weight_decay=0.1)
    before = w.detach().clone()
    w.grad = torch.zeros(2, dtype=torch.float64)
    optimizer.step()
    print(f"{make.__name__:6}", [f"{taken:.4f}" for taken in (before - w).tolist()])
#> SGD    ['0.0100', '0.0001']
#> Adam   ['0.0100', '0.0100']
#> AdamW  ['0.0100', '0.0001']
