"""Mean square of the state after 30 residual blocks x + αF(x) with two random layers each."""

import torch

width, depth = 256, 30
for name, alpha in (("1", 1.0), ("1/sqrt(L)", depth**-0.5)):
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(64, width, generator=generator, dtype=torch.float64)
    for _ in range(depth):
        W1, W2 = torch.randn(2, width, width, generator=generator, dtype=torch.float64) / width**0.5
        x = x + alpha * torch.relu(x @ W1.T) @ (2**0.5 * W2.T)
    predicted = (1 + alpha**2) ** depth
    print(f"alpha = {name}: {x.square().mean():.3g}, predicted {predicted:.3g}")
#> alpha = 1: 6.66e+08, predicted 1.07e+09
#> alpha = 1/sqrt(L): 2.81, predicted 2.67
