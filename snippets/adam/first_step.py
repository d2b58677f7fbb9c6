"""First step of Adam with η = 0.01, for gradients of many sizes."""

import torch

from dlnotes.adam import Adam

w = torch.zeros(4, dtype=torch.float64, requires_grad=True)
w.grad = torch.tensor([1e6, -1.0, 1e-3, 1e-8], dtype=torch.float64)
Adam([w], lr=0.01).step()
print([f"{x:.6f}" for x in w.tolist()])
#> ['-0.010000', '0.010000', '-0.010000', '-0.005000']
