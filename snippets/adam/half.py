"""The usual ε in half precision, and what Adam makes of a zero gradient
then."""

import torch

print(torch.tensor(1e-8, dtype=torch.float16).item())
#> 0.0
w = torch.ones(2, dtype=torch.float16, requires_grad=True)
w.grad = torch.tensor([0.0, 1e-4], dtype=torch.float16)
torch.optim.Adam([w], lr=1e-3).step()
print(w.tolist())
#> [nan, -inf]
