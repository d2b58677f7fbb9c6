"""The same losses for other β₂: which end of the interval does Adam go
to?"""

import torch

from dlnotes.adam import Adam

C = 3.0
for beta2 in (0.1, 0.2, 0.3, 0.5, 0.999):
    x = torch.zeros((), dtype=torch.float64, requires_grad=True)
    optimizer = Adam([x], betas=(0.0, beta2), eps=0.0)
    for t in range(1, 9001):
        optimizer.param_groups[0]["lr"] = 0.5 / t**0.5
        x.grad = torch.tensor(C if t % 3 == 1 else -1.0, dtype=torch.float64)
        optimizer.step()
        x.data.clamp_(-1, 1)
    print(beta2, f"{x.item():.2f}")
#> 0.1 1.00
#> 0.2 1.00
#> 0.3 1.00
#> 0.5 -0.99
#> 0.999 -0.99
