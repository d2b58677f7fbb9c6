import torch

from dlnotes import check
from dlnotes.backpropagation import backward, error_signals, forward, he_normal

torch.manual_seed(0)
x, y = torch.randn(6, 10).double(), torch.eye(4).double()[torch.randint(4, (6,))]
weights, biases = he_normal([10, 8, 4], torch.Generator().manual_seed(0), torch.float64)
outputs = forward(x, weights, biases)
deltas = error_signals(outputs, y, weights)

squares = sum(d.square().sum(dim=1) * a.square().sum(dim=1) for d, a in zip(deltas, outputs[:-1], strict=True))
print("by two norms     ", squares.sqrt().numpy().round(3).tolist())
#> by two norms      [1.204, 8.353, 6.481, 1.523, 4.374, 2.84]
one_by_one = []
for i in range(6):
    grads, _ = backward(forward(x[i : i + 1], weights, biases), y[i : i + 1], weights)
    one_by_one.append(torch.cat([g.flatten() for g in grads]).norm().item())
print("sample by sample ", [round(norm, 3) for norm in one_by_one])
#> sample by sample  [1.204, 8.353, 6.481, 1.523, 4.374, 2.84]


def two_layers(D1, A0, D2, A1):
    squares = [D.square().sum(dim=1) * A.square().sum(dim=1) for D, A in ((D1, A0), (D2, A1))]
    return sum(squares).sqrt()


check("backpropagation.5", two_layers)
#> backpropagation.5: right. It agrees with the reference on all 20 inputs.
