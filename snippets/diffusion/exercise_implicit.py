import torch

torch.manual_seed(0)
x = 1.5 * torch.randn(1_000_000, dtype=torch.float64) + 0.4  # true score: -(x - 0.4) / 2.25
for a, b in ((0.0, 1.0), (0.4, 2.25), (1.0, 4.0)):
    score, slope = -(x - a) / b, -1 / b
    implicit = (score**2 + 2 * slope).mean()
    explicit = (score + (x - 0.4) / 2.25).square().mean()
    print(f"a = {a}, b = {b}: implicit {implicit:.2f}, explicit {explicit:.2f}, difference {explicit - implicit:.2f}")
#>
