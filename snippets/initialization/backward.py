"""Mean square of the gradient, input over output, for layers that narrow and
widen: 2000 draws of the weights."""

from itertools import pairwise

import torch

widths = [20, 80, 10, 40, 30]
torch.manual_seed(0)
draws = 2000
for mode, fans in (("fan_in", widths[:-1]), ("fan_out", widths[1:])):
    a = torch.randn(draws, widths[0], dtype=torch.float64)
    first = a.requires_grad_()
    for (n_in, n_out), fan in zip(pairwise(widths), fans, strict=True):
        weight = torch.randn(draws, n_out, n_in, dtype=torch.float64)
        z = (weight * (2 / fan) ** 0.5 @ a.unsqueeze(-1)).squeeze(-1)
        a = torch.relu(z)
    out = torch.randn_like(a)  # like the gradient from a random layer above
    (back,) = torch.autograd.grad((a * out).sum(), first)
    forward = a.square().mean() / first.square().mean()
    back = back.square().mean() / out.square().mean()
    print(f"{mode}: forward {forward:.2f}, backward {back:.2f}")
#> fan_in: forward 1.04, backward 1.48
#> fan_out: forward 0.70, backward 1.09
ratio = widths[-1] / widths[0]
print(f"n_L / n_0 = {ratio}, and its inverse {1 / ratio:.2f}")
#> n_L / n_0 = 1.5, and its inverse 0.67
