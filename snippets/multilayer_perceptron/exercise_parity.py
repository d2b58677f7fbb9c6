import itertools

import torch

from dlnotes import check
from dlnotes.multilayer_perceptron import step

for n in (2, 3, 6):
    x = torch.tensor(list(itertools.product([0.0, 1.0], repeat=n)))
    thresholds = torch.arange(1, n + 1) - 0.5
    hidden = step(x.sum(dim=1, keepdim=True) - thresholds)  # one unit counts to 1, one to 2, ...
    output = step(hidden @ (-1.0) ** torch.arange(n) - 0.5)
    print(f"{n} bits: right in {int((output == x.sum(dim=1) % 2).sum())} of {len(x)} cases with {n} hidden units")
#> 2 bits: right in 4 of 4 cases with 2 hidden units
#> 3 bits: right in 8 of 8 cases with 3 hidden units
#> 6 bits: right in 64 of 64 cases with 6 hidden units


def parity(n):
    return (-1.0) ** torch.arange(n), 2 ** (n - 1)


check("multilayer_perceptron.1", parity)
#> multilayer_perceptron.1: right. It agrees with the reference on all 20 inputs.
