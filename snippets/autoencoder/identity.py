import torch

x = torch.randn(1000, 5, generator=torch.Generator().manual_seed(0))
A = torch.randn(5, 5, generator=torch.Generator().manual_seed(1))  # any invertible matrix

code = x @ A.T
output = code @ torch.linalg.inv(A).T
print(f"largest error: {(output - x).abs().max():.4f}")
#> largest error: 0.0000
