import torch

from dlnotes.normalization import BatchNorm1d

torch.manual_seed(0)
x = 3 * torch.randn(6, 2, dtype=torch.float64) + torch.tensor([10.0, -20.0])
layer = BatchNorm1d(2, dtype=torch.float64)
with torch.no_grad():
    layer.weight.copy_((x.var(dim=0, correction=0) + layer.eps).sqrt())
    layer.bias.copy_(x.mean(dim=0))
print("unchanged:", bool((layer(x) - x).abs().max() < 1e-12))
#> unchanged: True

x = 2 * x + 1  # another batch
print(f"largest change of another batch {(layer(x) - x).abs().max():.1f}")
#> largest change of another batch 23.2
