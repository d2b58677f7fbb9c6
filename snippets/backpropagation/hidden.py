import torch
from torch.nn import functional as F

from dlnotes.backpropagation import tiny_network

x, y, (w1, w2), (b1, b2) = tiny_network()
x, y = x[0], y[0]  # vectors, as in the derivation

a1 = torch.sigmoid(w1 @ x + b1)
a2 = torch.softmax(w2 @ a1 + b2, dim=0)
delta2 = a2 - y
grad_w2 = torch.outer(delta2, a1)
delta1 = (w2.mT @ delta2) * a1 * (1 - a1)
grad_w1 = torch.outer(delta1, x)
print("delta1", delta1.round(decimals=4).tolist())
#> delta1 [0.1127, -0.0614, -0.0455]
print("dL/dW1", grad_w1.round(decimals=4).tolist())
#> dL/dW1 [[0.1127, 0.2254], [-0.0614, -0.1227], [-0.0455, -0.091]]
print("dL/dW2", grad_w2.round(decimals=4).tolist())
#> dL/dW2 [[0.1734, 0.2535, 0.2602], [-0.1734, -0.2535, -0.2602]]
print("dL/dx ", (w1.mT @ delta1).round(decimals=4).tolist())
#> dL/dx  [0.0255, -0.0734]

parameters = [p.requires_grad_() for p in (w1, w2)]
loss = F.cross_entropy(w2 @ torch.sigmoid(w1 @ x + b1) + b2, y)
difference = [
    (ours - theirs).abs().max().item()
    for ours, theirs in zip((grad_w1, grad_w2), torch.autograd.grad(loss, parameters), strict=True)
]
print("equal to autograd:", max(difference) < 1e-15)
#> equal to autograd: True
