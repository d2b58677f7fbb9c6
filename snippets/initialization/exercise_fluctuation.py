"""He's ReLU networks of ten layers, 4000 draws: the mean of the mean square, its
second moment, and what a typical network has."""

import torch

from dlnotes import check

torch.manual_seed(0)
draws, depth = 4000, 10
for n in (40, 160):
    a = torch.ones(draws, n, 1)
    for _ in range(depth):
        weight = (2 / n) ** 0.5 * torch.randn(draws, n, n)
        a = torch.relu(weight @ a)
    q = a.double().square().mean(dim=(1, 2))
    second = q.square().mean()
    formula = (1 + 5 / n) ** depth
    print(f"n = {n}: mean {q.mean():.2f}, median {q.median():.2f}")
    print(f"    mean of the square {second:.1f}, formula {formula:.1f}")
#> n = 40: mean 0.99, median 0.52
#>     mean of the square 3.3, formula 3.2
#> n = 160: mean 1.00, median 0.86
#>     mean of the square 1.4, formula 1.4


def second_moment(s, n, L):
    """For leaky ReLU; s = 0 is ReLU."""
    spread = 6 * (1 + s**4) / (1 + s**2) ** 2 - 1
    return (1 + spread / n) ** L


check("initialization.2", second_moment)
#> initialization.2: right. It agrees with the reference on all 21 inputs.
