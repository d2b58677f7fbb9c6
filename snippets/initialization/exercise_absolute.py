"""Gains of |z|, of a step and of z²: which of them has one for all scales?"""

import torch

from dlnotes import check
from dlnotes.initialization import gaussian_mean

functions = {"|z|": torch.abs, "sign z": torch.sign, "z²": torch.square}


def gain(h, v):
    """Ratio of root mean squares, z over h(z), where z has the variance v."""
    return (v / gaussian_mean(lambda z: h(z) ** 2, v)) ** 0.5


for name, h in functions.items():
    found = [f"{gain(h, v):.3f}" for v in (0.25, 1.0, 4.0)]
    print(f"{name}:", *found)
#> |z|: 1.000 1.000 1.000
#> sign z: 0.500 1.000 2.000
#> z²: 1.155 0.577 0.289
check("initialization.1", lambda v: (1.0, v**0.5, (3 * v) ** -0.5))
#> initialization.1: right. It agrees with the reference on all 20 inputs.
