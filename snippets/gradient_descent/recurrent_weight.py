"""1000 steps of h ← w h: what is repeated is the recurrent weight w; the input
weight u enters once."""

import torch

u = 0.5
for value in (1.01, 0.99):
    w = torch.tensor(value, dtype=torch.float64, requires_grad=True)
    h = u * torch.ones((), dtype=torch.float64)
    for _ in range(999):
        h = w * h
    h.backward()
    formula = 999 * u * value**998
    print(f"w = {value}: h = {h.item():.4g}, dh/dw = {w.grad.item():.4g}, 999 u w^998 = {formula:.4g}")
#> w = 1.01: h = 1.038e+04, dh/dw = 1.026e+07, 999 u w^998 = 1.026e+07
#> w = 0.99: h = 2.18e-05, dh/dw = 0.022, 999 u w^998 = 0.022
