"""A convolution of the turned image is not the turned convolution, unless the kernel
itself is symmetric; for shifts it is, with any kernel."""

import torch
from torch.nn.functional import conv2d

torch.manual_seed(0)
x, kernel = torch.randn(1, 1, 9, 9), torch.randn(1, 1, 3, 3)
symmetric = sum(torch.rot90(kernel, k, (2, 3)) for k in range(4))


def turn(images):
    return torch.rot90(images, 1, (2, 3))


for name, k in (("any kernel", kernel), ("symmetric kernel", symmetric)):
    difference = (conv2d(turn(x), k) - turn(conv2d(x, k))).abs().max()
    print(f"turned, {name}: {difference:.1f}")
#> turned, any kernel: 10.2
#> turned, symmetric kernel: 0.0
shifted = conv2d(x.roll(2, 3), kernel)[..., 2:] - conv2d(x, kernel).roll(2, 3)[..., 2:]
print(f"shifted, any kernel: {shifted.abs().max():.1f}")
#> shifted, any kernel: 0.0
