import torch
from torch import nn

from dlnotes.normalization import BatchNorm2d, fuse_bn_


def count(*layers):
    return sum(t.numel() for layer in layers for t in layer.state_dict().values())


torch.manual_seed(0)
convolution, norm = nn.Conv2d(3, 8, 3, bias=False), BatchNorm2d(8)
with torch.no_grad():
    norm.weight.uniform_(0.5, 2)
    norm.bias.normal_()
x = torch.randn(4, 3, 16, 16)
for _ in range(20):
    norm(convolution(x + torch.randn(())))  # running statistics

convolution.eval(), norm.eval()
before = norm(convolution(x))
kept = count(convolution, norm)
fuse_bn_(convolution, norm)  # from now on without norm
after = convolution(x)
print("equal to 1e-5:", bool((before - after).abs().max() < 1e-5))
#> equal to 1e-5: True
print("numbers kept:", kept, "before,", count(convolution), "after")
#> numbers kept: 249 before, 224 after
