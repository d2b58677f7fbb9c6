"""The bound, the ratio that is measured, and the prediction for random weights, for 10 ReLU layers."""

import torch

from dlnotes.residual_learning import gradient_norms, jacobian_bound

width, depth = 128, 10
for name in ("normal", "orthogonal"):
    generator = torch.Generator().manual_seed(0)
    weights = torch.randn(depth, width, width, generator=generator, dtype=torch.float64)
    weights = weights * (2 / width) ** 0.5 if name == "normal" else 2**0.5 * torch.linalg.qr(weights).Q
    layers = [lambda h, W=W: torch.relu(h @ W.T) for W in weights]
    x, u = torch.randn(2, 64, width, generator=generator, dtype=torch.float64)
    norms = gradient_norms(layers, x, lambda h, u=u: (h * u).sum())
    print(f"{name}: measured {norms[0] / norms[-1]:.2f}, bound {jacobian_bound(weights):.0f}")
#> normal: measured 1.07, bound 26446
#> orthogonal: measured 0.87, bound 32
print(f"predicted: {(2 / 2) ** (depth / 2):.2f}")
#> predicted: 1.00
