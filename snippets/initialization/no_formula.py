"""Weights c·r with one Gaussian factor c a layer: twenty networks of thirty
ReLU layers, and twenty with He's weights."""

import torch

n, batch, bound = 128, 16, (6 / 128) ** 0.5
for name in ("c·r", "He"):
    logs = []
    for seed in range(20):
        generator = torch.Generator().manual_seed(seed)
        a = torch.randn(batch, n, generator=generator, dtype=torch.float64)
        for _ in range(30):
            weight = torch.empty(n, n, dtype=torch.float64)
            weight.uniform_(-bound, bound, generator=generator)
            if name == "c·r":
                weight *= torch.randn((), generator=generator)
            a = torch.relu(a @ weight.T)
        logs.append(a.square().mean().log10())
    low, high = min(logs), max(logs)
    print(f"{name}: mean square between 1e{low:.0f} and 1e{high:.0f}")
#> c·r: mean square between 1e-26 and 1e-8
#> He: mean square between 1e-1 and 1e1
