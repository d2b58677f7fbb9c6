"""Forward and backward factors of a strided convolution with He's weights."""

import torch
from torch.nn.functional import conv2d

from dlnotes import check
from dlnotes.initialization import kaiming_normal_

torch.manual_seed(0)
for stride in (1, 2, 3):
    x = torch.randn(16, 8, 36, 36, dtype=torch.float64, requires_grad=True)
    weight = torch.empty(24, 8, 3, 3, dtype=torch.float64)
    kaiming_normal_(weight, mode="fan_out", nonlinearity="linear")
    z = conv2d(x, weight, stride=stride, padding=1)
    out = torch.randn_like(z)
    (back,) = torch.autograd.grad((z * out).sum(), x)
    inner = back[..., 3:-3, 3:-3].square().mean()
    print(f"stride {stride}: gradient times {inner:.2f}, 1/s² = {1 / stride**2:.2f}")
#> stride 1: gradient times 0.98, 1/s² = 1.00
#> stride 2: gradient times 0.24, 1/s² = 0.25
#> stride 3: gradient times 0.11, 1/s² = 0.11
check("initialization.3", lambda inputs, outputs, k, s: (inputs / outputs, 1 / s**2))
#> initialization.3: right. It agrees with the reference on all 20 inputs.
