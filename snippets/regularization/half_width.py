"""How accurately a test set measures an accuracy of 90 %: half the width of a 95 %
interval, by the formula and by 20,000 simulated test sets."""

import torch

torch.manual_seed(0)
for n in (100, 360, 1000, 10_000):
    formula = 1.96 * (0.9 * 0.1 / n) ** 0.5
    right = torch.distributions.Binomial(n, torch.tensor(0.9)).sample((20_000,))
    print(f"n = {n:5d}: ±{formula:.4f}, simulated ±{1.96 * (right / n).std().item():.4f}")
#> n =   100: ±0.0588, simulated ±0.0591
#> n =   360: ±0.0310, simulated ±0.0309
#> n =  1000: ±0.0186, simulated ±0.0186
#> n = 10000: ±0.0059, simulated ±0.0059
