"""Exact line search on ½(λ₁x² + λ₂y²) from its worst starting point."""

import torch

from dlnotes import check
from dlnotes.gradient_descent import exact_lr

for kappa in (4.0, 25.0):
    H = torch.diag(torch.tensor([1.0, kappa], dtype=torch.float64))
    theta = torch.tensor([kappa, 1.0], dtype=torch.float64)
    losses, cosines = [0.5 * theta @ H @ theta], []
    for _ in range(6):
        g = H @ theta
        theta = theta - exact_lr(g, H) * g
        losses.append(0.5 * theta @ H @ theta)
        cosines.append((g @ H @ theta).abs() / (g.norm() * (H @ theta).norm()))
    assert max(cosines) < 1e-12  # neighbouring gradients are orthogonal
    ratio = (losses[6] / losses[5]).item()
    formula = ((kappa - 1) / (kappa + 1)) ** 2
    print(f"κ = {kappa:g}: loss × {ratio:.6f} a step, formula {formula:.6f}")
#> κ = 4: loss × 0.360000 a step, formula 0.360000
#> κ = 25: loss × 0.852071 a step, formula 0.852071
check("gradient_descent.1", "((kappa - 1) / (kappa + 1)) ** 2")
#> gradient_descent.1: right. It agrees with the reference on all 20 inputs.
