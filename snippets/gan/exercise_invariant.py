import torch

from dlnotes import check
from dlnotes.gan import alternating_step

u, lr = torch.tensor([1.0, 0.3], dtype=torch.float64), 0.7
for t in range(2001):
    if t % 1000 == 0:
        form = u[0] ** 2 + u[1] ** 2 - lr * u[0] * u[1]
        print(f"step {t}: invariant {form:.6f}, radius {u.norm():.3f}")
    u = alternating_step(lambda u: torch.stack([-u[1], u[0]]), u, lr)
#> step 0: invariant 0.880000, radius 1.044
#> step 1000: invariant 0.880000, radius 0.830
#> step 2000: invariant 0.880000, radius 1.152
check("gan.3", lambda x, y, lr, steps: x**2 + y**2 - lr * x * y)
#> gan.3: right. It agrees with the reference on all 20 inputs.
