"""Variances of torch's initial weights against the formulas, and ours against
torch's own."""

import torch
from torch.nn import init

from dlnotes import initialization as ours

n_in, n_out = 300, 900
formulas = {
    "xavier_uniform_": 2 / (n_in + n_out),
    "xavier_normal_": 2 / (n_in + n_out),
    "kaiming_uniform_": 2 / n_in,
    "kaiming_normal_": 2 / n_in,
    "orthogonal_": 1 / n_out,
}
for name, variance in formulas.items():
    weights = []
    for module in (init, ours):
        generator = torch.Generator().manual_seed(0)
        weight = torch.empty(n_out, n_in)
        weights.append(getattr(module, name)(weight, generator=generator))
    ratio = weights[0].square().mean() / variance
    print(f"{name}: {ratio:.2f}, same: {torch.equal(*weights)}")
#> xavier_uniform_: 1.00, same: True
#> xavier_normal_: 1.00, same: True
#> kaiming_uniform_: 1.00, same: True
#> kaiming_normal_: 1.00, same: True
#> orthogonal_: 1.00, same: True
