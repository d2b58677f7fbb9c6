import math

import torch

from dlnotes import check
from dlnotes.gan import optimal_discriminator, value

for n in (2, 8, 10, 100):
    p = torch.full((n,), 1 / n, dtype=torch.float64)
    q = torch.full((n,), 1 / (n - 1), dtype=torch.float64)
    q[-1] = 0
    best = value(optimal_discriminator(p, q), p, q).item()
    formula = (n - 1) / n * math.log((n - 1) / (2 * n - 1)) + math.log(n / (2 * n - 1))
    print(f"{n} modes: V* = {best:.4f}, formula {formula:.4f}, above -log 4 by {best + math.log(4):.4f}")
#> 2 modes: V* = -0.9548, formula -0.9548, above -log 4 by 0.4315
#> 8 modes: V* = -1.2955, formula -1.2955, above -log 4 by 0.0908
#> 10 modes: V* = -1.3143, formula -1.3143, above -log 4 by 0.0719
#> 100 modes: V* = -1.3793, formula -1.3793, above -log 4 by 0.0070


def above_the_bound(n):
    return (n - 1) / n * math.log((n - 1) / (2 * n - 1)) + math.log(n / (2 * n - 1)) + math.log(4)


check("gan.7", above_the_bound)
#> gan.7: right. It agrees with the reference on all 20 inputs.
