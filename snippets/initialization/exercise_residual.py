"""Residual networks x + W₂ relu(W₁ x) of fifty blocks: how the mean square
grows with He's W₁ and different W₂."""

import torch

from dlnotes import check

n, depth = 256, 50
for name, variance in (("1/n", 1 / n), ("1/(nL)", 1 / n / depth), ("0", 0.0)):
    torch.manual_seed(0)
    x = torch.randn(64, n, dtype=torch.float64)
    start = x.square().mean()
    for _ in range(depth):
        first = (2 / n) ** 0.5 * torch.randn(n, n, dtype=torch.float64)
        second = variance**0.5 * torch.randn(n, n, dtype=torch.float64)
        x = x + torch.relu(x @ first.T) @ second.T
    print(f"Var W₂ = {name}: mean square times {x.square().mean() / start:.3g}")
#> Var W₂ = 1/n: mean square times 2.92e+14
#> Var W₂ = 1/(nL): mean square times 2.61
#> Var W₂ = 0: mean square times 1
print(f"2⁵⁰ = {2**50:.3g}, (1 + 1/50)⁵⁰ = {(1 + 1 / 50) ** 50:.2f}")
#> 2⁵⁰ = 1.13e+15, (1 + 1/50)⁵⁰ = 2.69
check("initialization.5", lambda n, L, variance: (1 + n * variance) ** L)
#> initialization.5: right. It agrees with the reference on all 21 inputs.
