import torch

from dlnotes import check

torch.manual_seed(0)
x = 1.5 * torch.randn(1_000_000, dtype=torch.float64) + 0.4  # true score: -(x - 0.4) / 2.25
for a, b in ((0.0, 1.0), (0.4, 2.25), (1.0, 4.0)):
    score, slope = -(x - a) / b, -1 / b
    implicit = (score**2 + 2 * slope).mean()
    explicit = (score + (x - 0.4) / 2.25).square().mean()
    print(f"a = {a}, b = {b}: implicit {implicit:.2f}, explicit {explicit:.2f}, difference {explicit - implicit:.2f}")
#> a = 0.0, b = 1.0: implicit 0.40, explicit 0.85, difference 0.45
#> a = 0.4, b = 2.25: implicit -0.45, explicit 0.00, difference 0.45
#> a = 1.0, b = 4.0: implicit -0.34, explicit 0.11, difference 0.44
check("diffusion.3", "((m - a)**2 + v) / b**2 - 2 / b")
#> diffusion.3: right. It agrees with the reference on all 20 inputs.
