import torch

x = 1e-5 * torch.arange(-1_000_000, 1_000_001, dtype=torch.float64)
indicator = (x == 0).double()
print(f"indicator of 0: height {indicator.max():.0f}, area {torch.trapezoid(indicator, x):.5f}")
#> indicator of 0: height 1, area 0.00001
for width in (1.0, 0.1, 0.01):
    bump = torch.exp(-(x**2) / (2 * width**2)) / (width * (2 * torch.pi) ** 0.5)
    print(f"Gaussian of width {width}: height {bump.max():.2f}, area {torch.trapezoid(bump, x):.5f}")
#> Gaussian of width 1.0: height 0.40, area 1.00000
#> Gaussian of width 0.1: height 3.99, area 1.00000
#> Gaussian of width 0.01: height 39.89, area 1.00000
