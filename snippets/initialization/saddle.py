"""A chain of linear units, loss ½ (w₁ ⋯ w_L - 2)²: gradient and curvatures at
zero."""

import torch

for depth in (1, 2, 3):

    def loss(w):
        return 0.5 * (w.prod() - 2) ** 2

    zero = torch.zeros(depth, dtype=torch.float64)
    gradient = torch.func.grad(loss)(zero)
    curvatures = torch.linalg.eigvalsh(torch.func.hessian(loss)(zero))
    print(f"L = {depth}: |∇| = {gradient.norm():.0f}, curvatures", *curvatures.tolist())
#> L = 1: |∇| = 2, curvatures 1.0
#> L = 2: |∇| = 0, curvatures -2.0 2.0
#> L = 3: |∇| = 0, curvatures 0.0 0.0 0.0
