import torch
from torch import nn

from dlnotes import check
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


def bias_gradient(X, W, b, G):
    """The backward pass of layer norm, summed over the samples."""
    z = X @ W.T + b
    deviation = (z.var(1, correction=0, keepdim=True) + 1e-5).sqrt()
    normal = (z - z.mean(1, keepdim=True)) / deviation
    centred = G - G.mean(1, keepdim=True) - normal * (G * normal).mean(1, keepdim=True)
    return (centred / deviation).sum(0)


check("normalization.2", bias_gradient)
#> normalization.2: right. It agrees with the reference on all 20 inputs.
