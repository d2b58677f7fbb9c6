import torch

z = torch.randn(400_000, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
x = z.exp()  # G(z)
edges = torch.linspace(0, 3, 7, dtype=torch.float64)
measured = torch.stack([((x >= a) & (x < b)).double().mean() for a, b in zip(edges[:-1], edges[1:], strict=True)])


def density(x):
    return torch.exp(-0.5 * x.log() ** 2) / (x * (2 * torch.pi) ** 0.5)


fine = edges[:-1, None] + torch.linspace(0.0005, 0.4995, 500, dtype=torch.float64)  # 500 points in each cell
formula = 0.5 * density(fine).mean(1)
print("shares of samples:", [round(v, 3) for v in measured.tolist()])
#>
print("from the formula: ", [round(v, 3) for v in formula.tolist()])
#>
