"""Batch normalisation does not see how long a weight vector is; the gradient does."""

import torch
from torch.nn import functional as F

torch.manual_seed(0)
X, target = torch.randn(32, 5, dtype=torch.float64), torch.randn(32, 1, dtype=torch.float64)
w = torch.randn(5, dtype=torch.float64)


def loss(w: torch.Tensor) -> torch.Tensor:
    z = (X @ w).unsqueeze(1)
    return F.mse_loss(torch.tanh(F.batch_norm(z, None, None, training=True, eps=1e-12)), target)


for a in (0.5, 1.0, 4.0):
    gradient = torch.func.grad(loss)(a * w)
    print(f"a = {a}: loss {loss(a * w):.4f}, |gradient| {gradient.norm():.4f}, w·gradient {abs(w @ gradient):.0e}")
#> a = 0.5: loss 1.3430, |gradient| 0.4994, w·gradient 3e-12
#> a = 1.0: loss 1.3430, |gradient| 0.2497, w·gradient 4e-13
#> a = 4.0: loss 1.3430, |gradient| 0.0624, w·gradient 6e-15
