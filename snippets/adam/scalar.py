"""(x² + 10⁴ y²) / 2 from (1, 1): Adam, and the formula with ‖g‖² for g ⊙
g."""

import torch

from dlnotes.adam import Adam, NormAdam

curvatures = torch.tensor([1.0, 1e4], dtype=torch.float64)
for make in (Adam, NormAdam):
    w = torch.ones(2, dtype=torch.float64, requires_grad=True)
    optimizer = make([w], lr=0.01)
    for t in range(1, 2001):
        w.grad = (curvatures * w).detach()
        optimizer.step()
        if t in (1, 500, 2000):
            x, y = (abs(coordinate) for coordinate in w.tolist())
            print(f"{make.__name__}, step {t}: |x| = {x:.4f}, |y| = {y:.4f}")
#> Adam, step 1: |x| = 0.9900, |y| = 0.9900
#> Adam, step 500: |x| = 0.0000, |y| = 0.0000
#> Adam, step 2000: |x| = 0.0000, |y| = 0.0000
#> NormAdam, step 1: |x| = 1.0000, |y| = 0.9900
#> NormAdam, step 500: |x| = 0.9987, |y| = 0.0000
#> NormAdam, step 2000: |x| = 0.9867, |y| = 0.0000
