"""Thirty ReLU layers with dropout, which keeps half of the units and doubles
them: He's variance, and half of it."""

import torch
from torch.nn.functional import dropout

from dlnotes import check

n, keep = 512, 0.5
for name, variance in (("2/n", 2 / n), ("2p/n", 2 * keep / n)):
    torch.manual_seed(0)
    a = torch.randn(64, n, dtype=torch.float64)
    for _ in range(30):
        weight = variance**0.5 * torch.randn(n, n, dtype=torch.float64)
        a = dropout(torch.relu(a @ weight.T), p=1 - keep)
    print(f"σ² = {name}: mean square {a.square().mean():.1e}")
#> σ² = 2/n: mean square 1.1e+09
#> σ² = 2p/n: mean square 1.0e+00
print(f"2³⁰ = {2**30:.1e}")
#> 2³⁰ = 1.1e+09
check("initialization.4", lambda n, p: 2 * p / n)
#> initialization.4: right. It agrees with the reference on all 20 inputs.
