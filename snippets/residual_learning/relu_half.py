import math

import torch

generator = torch.Generator().manual_seed(0)
z = 3 * torch.randn(1_000_000, generator=generator, dtype=torch.float64)
relu = torch.relu(z)
print(f"mean square of z {z.square().mean():.2f}, of relu(z) {relu.square().mean():.2f}")
#> mean square of z 8.98, of relu(z) 4.49
print(f"slopes: {sorted(set((z > 0).double().tolist()))}, mean {(z > 0).double().mean():.3f}")
#> slopes: [0.0, 1.0], mean 0.500
print(f"variance of relu(z / 3): {(relu / 3).var():.3f}, formula {(math.pi - 1) / (2 * math.pi):.3f}")
#> variance of relu(z / 3): 0.340, formula 0.341
