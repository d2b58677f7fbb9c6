"""The same valley turned by 45°: loss after 500 steps, and does the path
turn along?"""

import torch

from dlnotes.adam import Adam, NormAdam

valley = torch.diag(torch.tensor([1.0, 1e4], dtype=torch.float64))
half = 0.5**0.5
turn = torch.tensor([[half, -half], [half, half]], dtype=torch.float64)


def descend(make, hessian, start):
    w = start.clone().requires_grad_()
    optimizer = make([w], lr=0.01)
    for _ in range(500):
        w.grad = (hessian @ w).detach()
        optimizer.step()
    return w.detach()


start = torch.tensor([1.0, 1.0], dtype=torch.float64)
for make in (Adam, NormAdam):
    w = descend(make, valley, start)
    turned = descend(make, turn @ valley @ turn.T, turn @ start)
    losses = [0.5 * (p @ h @ p).item() for p, h in ((w, valley), (turned, turn @ valley @ turn.T))]
    print(make.__name__, [f"{loss:.1e}" for loss in losses], torch.allclose(turned, turn @ w, atol=1e-6))
#> Adam ['8.8e-14', '5.0e-01'] False
#> NormAdam ['5.0e-01', '5.0e-01'] True
