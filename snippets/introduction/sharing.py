import torch
from torch.nn.functional import conv2d, unfold

generator = torch.Generator().manual_seed(0)
x = torch.randn(1, 1, 6, 6, dtype=torch.float64, generator=generator)
weight = torch.randn(1, 1, 3, 3, dtype=torch.float64, generator=generator).requires_grad_()
upstream = torch.randn(16, dtype=torch.float64, generator=generator)
(gradient,) = torch.autograd.grad(upstream @ conv2d(x, weight).flatten(), weight)

patches = unfold(x, 3)[0]  # a column for each of the 16 places where the kernel lies
print("one kernel, used at", patches.shape[1], "places of one layer")
#> one kernel, used at 16 places of one layer
print("its gradient is the sum over the places:", torch.allclose(gradient.flatten(), patches @ upstream))
#> its gradient is the sum over the places: True
