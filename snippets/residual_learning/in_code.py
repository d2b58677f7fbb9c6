"""A few steps of a residual network of 20 layers on the digits."""

import torch
from torch.nn import functional as F

from dlnotes.data import digits
from dlnotes.residual_learning import PreActBlock, he_normal_, resnet

images, labels = digits("train")
x, y = (images[:256].float() / 8 - 1).unsqueeze(1), labels[:256]
network = he_normal_(resnet(20, PreActBlock, width=4), [torch.Generator().manual_seed(0)])
optimizer = torch.optim.SGD(network.parameters(), lr=0.1, momentum=0.9)
for step in range(21):
    loss = F.cross_entropy(network(x), y)
    if step % 10 == 0:
        print(f"step {step}: loss {loss.item():.2f}")
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
#> step 0: loss 2.53
#> step 10: loss 1.09
#> step 20: loss 0.18
