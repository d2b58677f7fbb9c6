import torch

from dlnotes.gan import frechet_distance, gaussian_statistics

generator = torch.Generator().manual_seed(0)
x = torch.randn(20_000, 3, dtype=torch.float64, generator=generator)
kept = (x[:, :1] > -0.43).double()  # two thirds of them
for name, y in (("shifted by 1", x + 1), ("twice as wide", 2 * x), ("a third collapsed to 0", kept * x)):
    print(f"{name}: {frechet_distance(*gaussian_statistics(x), *gaussian_statistics(y)):.2f}")
#> shifted by 1: 3.00
#> twice as wide: 3.02
#> a third collapsed to 0: 0.37
few = frechet_distance(*gaussian_statistics(x[:50]), *gaussian_statistics(x[50:]))
print(f"50 samples of the same law: {few:.2f}")
#> 50 samples of the same law: 0.08
