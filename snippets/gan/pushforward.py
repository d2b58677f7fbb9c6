from itertools import pairwise

import torch

z = torch.randn(400_000, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
x = z.exp()  # G(z)
edges = torch.linspace(0, 3, 7, dtype=torch.float64)
measured = torch.stack([((x >= a) & (x < b)).double().mean() for a, b in pairwise(edges)])


def density(x):
    return torch.exp(-0.5 * x.log() ** 2) / (x * (2 * torch.pi) ** 0.5)


fine = edges[:-1, None] + torch.linspace(0.0005, 0.4995, 500, dtype=torch.float64)  # 500 points in each cell
formula = 0.5 * density(fine).mean(1)
print("shares of samples:", [round(v, 3) for v in measured.tolist()])
#> shares of samples: [0.244, 0.256, 0.158, 0.099, 0.064, 0.044]
print("from the formula: ", [round(v, 3) for v in formula.tolist()])
#> from the formula:  [0.244, 0.256, 0.157, 0.098, 0.064, 0.044]
