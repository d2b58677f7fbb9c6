"""Losses 3x, -x, -x, 3x, … on [-1, 1]: every three sum to x, so that -1
is best."""

import torch

from dlnotes.adam import Adam

C = 3.0
for amsgrad in (False, True):
    x = torch.zeros((), dtype=torch.float64, requires_grad=True)
    optimizer = Adam([x], betas=(0.0, 1 / (1 + C**2)), eps=0.0, amsgrad=amsgrad)
    paid = 0.0
    for t in range(1, 30001):
        slope = C if t % 3 == 1 else -1.0
        paid += slope * x.item()
        optimizer.param_groups[0]["lr"] = 0.5 / t**0.5
        x.grad = torch.tensor(slope, dtype=torch.float64)
        optimizer.step()
        x.data.clamp_(-1, 1)
    print("AMSGrad" if amsgrad else "Adam", f"x = {x.item():.3f}, regret a round {(paid + 10000) / 30000:.3f}")
#> Adam x = 1.000, regret a round 0.669
#> AMSGrad x = -0.998, regret a round 0.004
