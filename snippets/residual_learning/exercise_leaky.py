import torch
from torch.nn import functional as F

from dlnotes import check

a, width, depth = 0.5, 512, 10
for name, g in (("2", 2.0), ("2/(1+a²)", 2 / (1 + a**2))):
    generator = torch.Generator().manual_seed(0)
    z = torch.randn(64, width, generator=generator, dtype=torch.float64)
    start = z.square().mean()
    for _ in range(depth):
        W = (g / width) ** 0.5 * torch.randn(width, width, generator=generator, dtype=torch.float64)
        z = F.leaky_relu(z, a) @ W.T
    factor = (z.square().mean() / start) ** (1 / depth)
    print(f"g = {name}: factor a layer {factor:.2f}, predicted {g * (1 + a**2) / 2:.2f}")
#> g = 2: factor a layer 1.27, predicted 1.25
#> g = 2/(1+a²): factor a layer 1.01, predicted 1.00
check("residual_learning.1", lambda a, g: (g * (1 + a**2) / 2, 2 / (1 + a**2)))
#> residual_learning.1: right. It agrees with the reference on all 22 inputs.
