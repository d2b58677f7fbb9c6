"""More features than samples: of the many exact fits the limit of ridge for λ → 0
is the shortest. The noise is amplified by 1/s², most where s is small."""

import torch

from dlnotes.regularization import ridge

generator = torch.Generator().manual_seed(0)
n = 40
for p in (20, 40, 400):
    X = torch.randn(n, p, generator=generator, dtype=torch.float64)
    y = torch.randn(n, generator=generator, dtype=torch.float64)
    shortest = ridge(X, y, 0.0)
    limit = ridge(X, y, 1e-9)
    residual = (X @ shortest - y).square().mean()
    amplified = torch.linalg.svdvals(X).pow(-2).sum()
    print(f"p = {p:3d}: loss {residual:.3f}, distance from the limit {(limit - shortest).norm():.4f}, "
          f"sum of 1/s² {amplified:.2f}")  # fmt: skip
#> p =  20: loss 0.593, distance from the limit 0.0000, sum of 1/s² 1.19
#> p =  40: loss 0.000, distance from the limit 0.0000, sum of 1/s² 350.12
#> p = 400: loss 0.000, distance from the limit 0.0000, sum of 1/s² 0.11
