"""Weights that only their direction matters for, under gradient noise and
weight decay."""

import torch

from dlnotes import check

torch.manual_seed(0)
c = 1.0  # length of the gradient times length of the weights
for lr, decay in ((0.1, 0.01), (0.01, 0.1), (0.1, 0.1)):
    w = torch.randn(50, dtype=torch.float64)
    for _ in range(20_000):
        noise = torch.randn(50, dtype=torch.float64)
        g = noise - w * (w @ noise) / (w @ w)  # at a right angle to w
        g = g / g.norm() * c / w.norm()
        w = (1 - lr * decay) * w - lr * g
    length = w.norm() ** 2
    predicted = c * (lr / (decay * (2 - lr * decay))) ** 0.5
    print(f"η = {lr}, λ = {decay}: |w|² {length:.3f}, predicted {predicted:.3f}")
    print(f"    effective rate {lr / length:.4f}")
#> η = 0.1, λ = 0.01: |w|² 2.237, predicted 2.237
#>     effective rate 0.0447
#> η = 0.01, λ = 0.1: |w|² 0.224, predicted 0.224
#>     effective rate 0.0447
#> η = 0.1, λ = 0.1: |w|² 0.709, predicted 0.709
#>     effective rate 0.1411


def at_rest(lr, decay, c):
    square = c * (lr / (decay * (2 - lr * decay))) ** 0.5
    return square, lr / square


check("normalization.6", at_rest)
#> normalization.6: right. It agrees with the reference on all 20 inputs.
