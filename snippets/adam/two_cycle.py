"""RMSprop with a constant learning rate on w²/2: where is it in the end?"""

import torch

from dlnotes.adam import RMSprop

w = torch.ones(1, dtype=torch.float64, requires_grad=True)
optimizer = RMSprop([w], lr=0.01, eps=0.0)
for t in range(3000):
    w.grad = w.detach().clone()
    optimizer.step()
    if t >= 2996:
        print(f"{w.item():.6f}")
#> -0.005000
#> 0.004999
#> -0.004997
#> 0.004996
