import torch

generator = torch.Generator().manual_seed(0)
w, b, v = torch.randn(3, 10, dtype=torch.float64, generator=generator)
ends = (-b / w).sort().values
x = torch.cat([ends[:1] - 1, (ends[1:] + ends[:-1]) / 2, ends[-1:] + 1])  # a point within each interval
slopes = ((w * x[:, None] + b > 0) * w * v).sum(1)
print("pieces:", 1 + (slopes.diff().abs() > 1e-12).sum().item())
#> pieces: 11
