"""Gains of |z|, of a step and of z²: which of them has one for all scales?"""

import torch

from dlnotes.initialization import gaussian_mean

functions = {"|z|": torch.abs, "sign z": torch.sign, "z²": torch.square}
for name, h in functions.items():
    found = []
    for v in (0.25, 1.0, 4.0):
        square = gaussian_mean(lambda z: h(z) ** 2, v)
        found.append(f"{(v / square) ** 0.5:.3f}")
    print(f"{name}:", *found)
#>
