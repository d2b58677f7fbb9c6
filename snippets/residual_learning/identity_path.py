"""Version-2 blocks: the last state is the first plus all branches, and so is the gradient."""

import torch

from dlnotes.residual_learning import PreActBlock

torch.manual_seed(0)
blocks = [PreActBlock(4, 4).double() for _ in range(10)]
states, branches = [torch.randn(8, 4, 5, 5, dtype=torch.float64, requires_grad=True)], []
for block in blocks:
    branches.append(block.residual(states[-1]))
    states.append(states[-1] + branches[-1])

print("states:", torch.allclose(states[-1], states[3] + sum(branches[3:])))
#> states: True
top = torch.randn_like(states[-1])
through_all = torch.autograd.grad(states[-1], states[3], top, retain_graph=True)[0]
through_branches = torch.autograd.grad(sum(branches[3:]), states[3], top)[0]
print("gradients:", torch.allclose(through_all, top + through_branches))
#> gradients: True
