import torch

from dlnotes.normalization import BatchNorm2d, GroupNorm, LayerNorm

torch.manual_seed(0)
N, C, H, W = 4, 6, 5, 5
x = 3 * torch.randn(N, C, H, W) + 1
layers = {
    "batch": (BatchNorm2d(C), (0, 2, 3)),
    "layer": (LayerNorm([C, H, W]), (1, 2, 3)),
    "instance": (GroupNorm(C, C), (2, 3)),
    "group": (GroupNorm(3, C), None),
}
for name, (layer, dims) in layers.items():
    y = layer(x)
    # for 3 groups of 2 channels: split the channels, then as for the others
    means = y.mean(dims) if dims else y.unflatten(1, (3, 2)).mean((2, 3, 4))
    learned = sum(p.numel() for p in layer.parameters())
    zero = bool(means.abs().max() < 1e-6)
    print(f"{name:8} {means.numel():2} means, all 0: {zero}, {learned} learned")
#> batch     6 means, all 0: True, 12 learned
#> layer     4 means, all 0: True, 300 learned
#> instance 24 means, all 0: True, 12 learned
#> group    12 means, all 0: True, 12 learned
