"""AdamW as the paper writes it, θ - s (α m̂ / (√v̂ + ε) + λ θ), and as
torch does."""

import torch

alpha, decay = 1e-3, 1e-4
w = torch.tensor([2.0], dtype=torch.float64, requires_grad=True)
w.grad = torch.tensor([0.5], dtype=torch.float64)
by_paper = w.item() - alpha * 0.5 / (0.5 + 1e-8) - decay * w.item()
for name, weight_decay in (("the same λ", decay), ("λ / α", decay / alpha)):
    w.data.fill_(2.0)
    torch.optim.AdamW([w], lr=alpha, weight_decay=weight_decay).step()
    print(f"{name}: torch {w.item():.7f}, paper {by_paper:.7f}")
#> the same λ: torch 1.9989998, paper 1.9988000
#> λ / α: torch 1.9988000, paper 1.9988000
