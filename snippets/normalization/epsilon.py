import torch

from dlnotes.normalization import BatchNorm1d

torch.manual_seed(0)
z = torch.randn(4096, 1, dtype=torch.float64)
z = (z - z.mean()) / z.std(correction=0)  # deviation exactly 1
layer = BatchNorm1d(1, dtype=torch.float64)
print(f"√ε = {layer.eps**0.5:.4f}")
#> √ε = 0.0032
for sigma in (1.0, 1e-2, 1e-3, 0.0):
    y = layer(sigma * z)
    formula = sigma**2 / (sigma**2 + layer.eps)
    measured = y.var(correction=0)
    print(f"σ = {sigma}: output variance {measured:.4f}, formula {formula:.4f}")
#> σ = 1.0: output variance 1.0000, formula 1.0000
#> σ = 0.01: output variance 0.9091, formula 0.9091
#> σ = 0.001: output variance 0.0909, formula 0.0909
#> σ = 0.0: output variance 0.0000, formula 0.0000
y = layer.eval()(1e-3 * z)
print(f"in evaluation mode at σ = 0.001: {y.var():.7f}")
#> in evaluation mode at σ = 0.001: 0.0000014
