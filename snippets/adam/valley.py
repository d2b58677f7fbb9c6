"""Steps until both coordinates of (x² + 10⁴ y²) / 2 have shrunk to a
hundredth."""

import torch

curvatures = torch.tensor([1.0, 1e4])


def steps(rates):
    theta, count = torch.ones(2), 0
    while theta.abs().max() > 0.01:
        theta, count = theta - rates * curvatures * theta, count + 1
    return count


print("one rate for both:", steps(2 / curvatures.sum()))
#> one rate for both: 23026
print("a rate for each:", steps(0.5 / curvatures))
#> a rate for each: 7
