"""Version 1: how much of a negative input gets through, and through a network with projections?"""

import torch

from dlnotes.residual_learning import BasicBlock, PreActBlock, he_normal_, resnet, zero_init_residual_

x = -torch.rand(1, 4, 6, 6, generator=torch.Generator().manual_seed(0))
for block in (BasicBlock, PreActBlock):
    module = zero_init_residual_(block(4, 4)).eval()
    print(block.__name__, "keeps", round((module(x).norm() / x.norm()).item(), 3))
#> BasicBlock keeps 0.0
#> PreActBlock keeps 1.0

network = zero_init_residual_(he_normal_(resnet(20, PreActBlock, width=4), [torch.Generator().manual_seed(0)])).eval()
shapes = [tuple(h.shape[1:]) for h in (network[:4](x[:, :1]), network[:7](x[:, :1]), network[:10](x[:, :1]))]
print("states:", shapes)
#> states: [(4, 6, 6), (8, 3, 3), (16, 2, 2)]
