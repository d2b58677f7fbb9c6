import torch
from torch.autograd import forward_ad


def f(x: torch.Tensor) -> torch.Tensor:
    """From three numbers to two."""
    return torch.stack([x[0] * x[1], torch.tanh(x[2]) + x[0]])


x = torch.tensor([0.5, -1.0, 0.3], dtype=torch.float64, requires_grad=True)
y = f(x)
for direction in torch.eye(2, dtype=torch.float64):  # reverse mode: one pass for each output
    (row,) = torch.autograd.grad(y, x, grad_outputs=direction, retain_graph=True)
    print("row", row.numpy().round(4).tolist())
#> row [-1.0, 0.5, 0.0]
#> row [1.0, 0.0, 0.9151]
with forward_ad.dual_level():
    for direction in torch.eye(3, dtype=torch.float64):  # forward mode: one pass for each input
        column = forward_ad.unpack_dual(f(forward_ad.make_dual(x, direction))).tangent
        print("column", column.detach().numpy().round(4).tolist())
#> column [-1.0, 1.0]
#> column [0.5, 0.0]
#> column [0.0, 0.9151]
