"""Gradient descent behind batch normalisation: the weights only get longer, and the steps in direction smaller."""

import torch
from torch.nn import functional as F

torch.manual_seed(0)
X, target = torch.randn(32, 5, dtype=torch.float64), torch.randn(32, 1, dtype=torch.float64)
w = torch.randn(5, dtype=torch.float64)


def loss(w: torch.Tensor) -> torch.Tensor:
    z = (X @ w).unsqueeze(1)
    return F.mse_loss(F.batch_norm(z, None, None, training=True, eps=1e-12), target)


lr = 5.0
for step in range(4):
    gradient = torch.func.grad(loss)(w)
    predicted = (w.norm() ** 2 + lr**2 * gradient.norm() ** 2).sqrt()
    effective = lr / w.norm() ** 2
    print(f"step {step}: |w| {w.norm():.3f}, next by Pythagoras {predicted:.3f}, effective rate {effective:.3f}")
    w = w - lr * gradient
#> step 0: |w| 1.179, next by Pythagoras 3.830, effective rate 3.595
#> step 1: |w| 3.830, next by Pythagoras 3.859, effective rate 0.341
#> step 2: |w| 3.859, next by Pythagoras 3.881, effective rate 0.336
#> step 3: |w| 3.881, next by Pythagoras 3.896, effective rate 0.332
