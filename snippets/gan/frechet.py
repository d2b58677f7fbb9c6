import torch

from dlnotes.gan import frechet_distance, gaussian_statistics

generator = torch.Generator().manual_seed(0)
x = torch.randn(20_000, 3, dtype=torch.float64, generator=generator)
for name, y in (("shifted by 1", x + 1), ("twice as wide", 2 * x), ("one third of them collapsed", x * (x[:, :1] > -0.43))):
    print(f"{name}: {frechet_distance(*gaussian_statistics(x), *gaussian_statistics(y)):.2f}")
#>
few = frechet_distance(*gaussian_statistics(x[:50]), *gaussian_statistics(x[50:]))
print(f"50 samples of the same law: {few:.2f}")
#>
