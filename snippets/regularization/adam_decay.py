"""Weights of 10 and 0.1 without any gradient of a loss: how much one step of each
optimiser takes off, with lr 0.01 and weight decay 0.1."""

import torch

for optimizer in (torch.optim.SGD, torch.optim.Adam, torch.optim.AdamW):
    w = torch.tensor([10.0, 0.1], dtype=torch.float64, requires_grad=True)
    w.grad = torch.zeros_like(w)
    optimizer([w], lr=0.01, weight_decay=0.1).step()
    print(f"{optimizer.__name__:5s} {10 - w[0].item():.4f} {0.1 - w[1].item():.4f}")
#> SGD   0.0100 0.0001
#> Adam  0.0100 0.0100
#> AdamW 0.0100 0.0001
