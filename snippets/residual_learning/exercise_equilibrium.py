import torch
from torch.nn import functional as F

from dlnotes import check

torch.manual_seed(0)
lr, decay, noise = 0.1, 0.05, 1.0
w = torch.randn(50, dtype=torch.float64)
squares = []
for _ in range(3000):
    u = w / w.norm()
    g = torch.randn(50, dtype=torch.float64)
    g = noise * F.normalize(g - (g @ u) * u, dim=0)  # a gradient of length 1 at the unit sphere, at a right angle to w
    w = (1 - lr * decay) * w - lr * g / w.norm()
    squares.append(w.norm() ** 4)
measured = torch.stack(squares[1000:]).mean()
print(f"|w|^4: measured {measured:.3f}, formula {lr * noise**2 / (decay * (2 - lr * decay)):.3f}")
#> |w|^4: measured 1.003, formula 1.003
check("residual_learning.2", lambda lr, decay, G: (lr * G**2 / (decay * (2 - lr * decay))) ** 0.25)
#> residual_learning.2: right. It agrees with the reference on all 20 inputs.
