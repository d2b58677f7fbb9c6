"""Where the number of channels doubles, the input cannot be added as it is."""

import torch

from dlnotes.residual_learning import BasicBlock, PaddedShortcut, PlainBlock

x = torch.randn(2, 16, 14, 14)
branch = PlainBlock(16, 32, stride=2).residual(x)
try:
    x + branch
except RuntimeError as error:
    print(error)
#> The size of tensor a (14) must match the size of tensor b (7) at non-singleton dimension 3


def count(module: torch.nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


projected, padded = BasicBlock(16, 32, stride=2), BasicBlock(16, 32, stride=2, shortcut=PaddedShortcut)
print(tuple(projected(x).shape), tuple(padded(x).shape))
#> (2, 32, 7, 7) (2, 32, 7, 7)
projection = projected.shortcut[0].weight.numel()
branch = projected.conv1.weight.numel() + projected.conv2.weight.numel()
print(f"weights: projection {projection}, branch {branch}, padded shortcut {count(padded.shortcut)}")
#> weights: projection 512, branch 13824, padded shortcut 0
