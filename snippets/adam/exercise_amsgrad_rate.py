"""Step over gradient of AMSGrad, one gradient 1 and then 0.01, as
printed in the paper (no correction) and as in torch."""

import torch

from dlnotes import check

beta2, largest, v = 0.999, 0.0, 0.0
w = torch.zeros(1, dtype=torch.float64, requires_grad=True)
optimizer = torch.optim.Adam([w], lr=1.0, betas=(0.0, beta2), eps=0.0, amsgrad=True)
for t in range(1, 1001):
    g = 1.0 if t == 1 else 0.01
    v = beta2 * v + (1 - beta2) * g * g
    largest = max(largest, v)
    before = w.item()
    w.grad = torch.tensor([g], dtype=torch.float64)
    optimizer.step()
    if t in (1, 10, 100, 1000):
        print(f"t = {t:4}: paper {largest**-0.5:.2f}, torch {(before - w.item()) / g:.2f}")
#> t =    1: paper 31.62, torch 1.00
#> t =   10: paper 31.62, torch 3.16
#> t =  100: paper 31.62, torch 9.76
#> t = 1000: paper 31.62, torch 25.15
check("adam.5", lambda beta2, t: ((1 - beta2**t) / (1 - beta2)) ** 0.5)
#> adam.5: right. It agrees with the reference on all 20 inputs.
