"""Variance of a mean of correlated predictions, simulated and by the formula; and
the ambiguity: what an average is better by than its members."""

import torch

generator = torch.Generator().manual_seed(0)
sigma, rho = 2.0, 0.3
common = torch.randn(200_000, 1, generator=generator)
own = torch.randn(200_000, 20, generator=generator)
predictions = sigma * (rho**0.5 * common + (1 - rho) ** 0.5 * own)
for M in (1, 2, 5, 20):
    formula = rho * sigma**2 + (1 - rho) * sigma**2 / M
    print(f"M = {M:2d}: {predictions[:, :M].mean(1).var():.3f}, formula {formula:.3f}")
#> M =  1: 4.018, formula 4.000
#> M =  2: 2.600, formula 2.600
#> M =  5: 1.758, formula 1.760
#> M = 20: 1.341, formula 1.340
target, mean = 1.0, predictions.mean(1, keepdim=True)
members, average = (predictions - target).square().mean(), (mean - target).square().mean()
print(f"{members:.4f} - {(predictions - mean).square().mean():.4f} = {average:.4f}")
#> 5.0073 - 2.6584 = 2.3489
