import torch

z = torch.tensor([1.0, 2.0, 3.0])
print("gaps 1, 1 become", torch.softmax(z, dim=0).diff().numpy().round(3))
#> gaps 1, 1 become [0.155 0.421]

torch.manual_seed(0)
z = 3 * torch.randn(200_000, 5, dtype=torch.float64)
a = torch.softmax(z, dim=1)
ratio = (a[:, 0] - a[:, 1]).abs() / (z[:, 0] - z[:, 1]).abs()
print(f"largest |gap of a| / |gap of z|: {ratio.max():.4f}")
#> largest |gap of a| / |gap of z|: 0.4997
