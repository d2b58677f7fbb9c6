"""A constant gradient has the variance 0. What does centred RMSprop
divide by?"""

import torch

from dlnotes import adam

for make in (adam.RMSprop, torch.optim.RMSprop):
    w = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    optimizer = make([w], lr=0.01, centered=True)
    for t in range(1, 4001):
        before = w.item()
        w.grad = torch.full((1,), 0.1, dtype=torch.float64)
        optimizer.step()
        if t in (10, 1000, 4000):
            print(t, f"step {before - w.item():.4g}")
#> 10 step 0.03401
#> 1000 step 1.522
#> 4000 step 1e+05
#> 10 step 0.03401
#> 1000 step 1.522
#> 4000 step nan
