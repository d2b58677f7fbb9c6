from itertools import pairwise

import torch
from torch.nn import functional as F

from dlnotes.backpropagation import TANH, backward, forward

torch.manual_seed(0)
sizes = [10, 8, 9, 7, 6, 5]  # five layers
weights = [torch.randn(o, i, dtype=torch.float64).requires_grad_() for i, o in pairwise(sizes)]
biases = [torch.randn(o, dtype=torch.float64).requires_grad_() for o in sizes[1:]]
x = torch.randn(32, 10, dtype=torch.float64)
y = torch.randn(32, 5, dtype=torch.float64).softmax(dim=-1)

a = x
for weight, bias in zip(weights[:-1], biases[:-1], strict=True):
    a = torch.tanh(F.linear(a, weight, bias))
loss = F.cross_entropy(F.linear(a, weights[-1], biases[-1]), y)
by_autograd = torch.autograd.grad(loss, [*weights, *biases])

with torch.no_grad():
    weight_grads, bias_grads = backward(forward(x, weights, biases, TANH), y, weights, TANH)
worst = max(
    (ours - theirs).abs().max().item() for ours, theirs in zip([*weight_grads, *bias_grads], by_autograd, strict=True)
)
print("largest difference below 1e-12:", worst < 1e-12)
#> largest difference below 1e-12: True
