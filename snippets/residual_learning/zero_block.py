"""Blocks whose branch is zero."""

import torch

from dlnotes.residual_learning import BasicBlock, PreActBlock, zero_init_residual_

x = torch.tensor([-1.0, 2.0]).view(1, 2, 1, 1)
for block in (BasicBlock, PreActBlock):
    module = zero_init_residual_(block(2, 2)).eval()
    print(block.__name__, module(x).flatten().tolist(), "twice:", module(module(x)).flatten().tolist())
#> BasicBlock [0.0, 2.0] twice: [0.0, 2.0]
#> PreActBlock [-1.0, 2.0] twice: [-1.0, 2.0]
