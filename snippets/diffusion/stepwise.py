from itertools import pairwise

import torch

generator = torch.Generator().manual_seed(0)
data = torch.tensor([-1.0, 2.0])
levels = [0.0, 0.1, 0.3, 0.5, 0.8]
start = data[torch.randint(2, (400_000,), generator=generator)]

stepwise = start.clone()
for low, high in pairwise(levels):
    stepwise += (high**2 - low**2) ** 0.5 * torch.randn(len(start), generator=generator)
at_once = start + levels[-1] * torch.randn(len(start), generator=generator)

at = torch.tensor([0.1, 0.3, 0.5, 0.7, 0.9])
print("quantiles, four steps:", [round(q, 2) for q in stepwise.quantile(at).tolist()])
#> quantiles, four steps: [-1.67, -0.8, 0.51, 1.8, 2.67]
print("quantiles, one step:  ", [round(q, 2) for q in at_once.quantile(at).tolist()])
#> quantiles, one step:   [-1.67, -0.8, 0.5, 1.8, 2.67]
