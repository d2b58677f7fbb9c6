import math

import torch

from dlnotes import check
from dlnotes.backpropagation import TANH, error_signals, forward, he_normal

layers, segment, width = 36, 6, 16
weights, biases = he_normal([width] * (layers + 1), torch.Generator().manual_seed(0), torch.float64)
torch.manual_seed(0)
x, y = torch.randn(8, width).double(), torch.eye(width).double()[torch.randint(width, (8,))]
expected = error_signals(forward(x, weights, biases, TANH), y, weights, TANH)[0]

checkpoints, a = [], x
for layer in range(layers - 1):  # forward: keep the input of every sixth layer only
    if layer % segment == 0:
        checkpoints.append(a)
    a = torch.tanh(a @ weights[layer].mT + biases[layer])
delta, most = torch.softmax(a @ weights[-1].mT + biases[-1], dim=-1) - y, 0
for start in reversed(range(0, layers, segment)):  # backward: run one segment again, then go through it
    inside = [checkpoints[start // segment]]
    for layer in range(start, start + segment - 1):
        inside.append(torch.tanh(inside[-1] @ weights[layer].mT + biases[layer]))
    most = max(most, len(checkpoints) + len(inside) - 1)
    for layer in reversed(range(max(start, 1), start + segment)):
        delta = (delta @ weights[layer]) * (1 - inside[layer - start] ** 2)
print("same error signal:", torch.allclose(delta, expected, rtol=1e-12))
#> same error signal: True
print("layer inputs kept:", most, "in place of", layers)
#> layer inputs kept: 11 in place of 36


def best_segment(L):
    """L / k + k falls up to the square root and grows beyond it; k and L / k are equally good."""
    k = max(k for k in range(1, math.isqrt(L) + 1) if L % k == 0)
    return k, L // k + k - 1


check("backpropagation.7", best_segment)
#> backpropagation.7: right. It agrees with the reference on all 23 inputs.
