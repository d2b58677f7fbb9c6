import torch
from torch import nn

from dlnotes.normalization import BatchNorm1d, LayerNorm

torch.manual_seed(0)
x, weights = torch.randn(16, 5), torch.randn(16, 4)
for norm in (BatchNorm1d(4), LayerNorm(4)):
    layer = nn.Linear(5, 4)
    (norm(layer(x)) * weights).sum().backward()
    gradient = layer.bias.grad
    print(type(norm).__name__, "bias gradient 0:", bool(gradient.abs().max() < 1e-5))
    print("    sum over the units 0:", bool(gradient.sum().abs() < 1e-5))
#> BatchNorm1d bias gradient 0: True
#>     sum over the units 0: True
#> LayerNorm bias gradient 0: False
#>     sum over the units 0: True
