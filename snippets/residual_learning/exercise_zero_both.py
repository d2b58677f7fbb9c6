import torch
from torch import nn

from dlnotes import check
from dlnotes.residual_learning import PreActBlock

torch.manual_seed(0)
x = torch.randn(8, 4, 5, 5)
for name in ("the last", "both"):
    block = PreActBlock(4, 4)
    nn.init.zeros_(block.conv2.weight)
    if name == "both":
        nn.init.zeros_(block.conv1.weight)
    (block(x) ** 2).sum().backward()
    norms = [conv.weight.grad.norm().item() for conv in (block.conv1, block.conv2)]
    print(f"{name} zero: gradient of conv1 {norms[0]:.1f}, of conv2 {norms[1]:.1f}")
#> the last zero: gradient of conv1 0.0, of conv2 435.9
#> both zero: gradient of conv1 0.0, of conv2 0.0


def second_gradient(W1, x, g, rate):
    """The first step makes W2 = -rate g hᵀ; the gradient by W1 passes through it."""
    h = torch.relu(W1 @ torch.relu(x))
    return -rate * (g @ g) * torch.outer(h, torch.relu(x))


check("residual_learning.3", second_gradient)
#> residual_learning.3: right. It agrees with the reference on all 20 inputs.
