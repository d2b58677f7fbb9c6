"""The plain network of 56 layers with batch normalisation: what do its gradients do before training?"""

import torch
from torch.nn import functional as F

from dlnotes.residual_learning import BasicBlock, PlainBlock, gradient_norms, he_normal_, resnet

x = torch.randn(32, 1, 14, 14, generator=torch.Generator().manual_seed(1))
y = torch.arange(32) % 10
for block in (PlainBlock, BasicBlock):
    network = he_normal_(resnet(56, block, width=4), [torch.Generator().manual_seed(0)])
    stem, blocks, head = network[:3], network[3:30], network[30:]
    norms = gradient_norms(blocks, stem(x), lambda h, head=head: F.cross_entropy(head(h), y))
    print(f"{block.__name__}: at the first block {norms[0]:.1e}, after the last {norms[-1]:.1e}")
#> PlainBlock: at the first block 3.9e+02, after the last 6.3e-02
#> BasicBlock: at the first block 3.2e+00, after the last 6.4e-02
