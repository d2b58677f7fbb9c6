"""Glorot's compromise in layers that change their width: forward and backward
factor for one linear layer."""

import torch

from dlnotes import check
from dlnotes.initialization import xavier_normal_

torch.manual_seed(0)
for n_in, n_out in ((100, 100), (1000, 100), (1000, 10)):
    weight = xavier_normal_(torch.empty(n_out, n_in, dtype=torch.float64))
    forward = weight.square().sum() / n_out  # of E|Wx|²/n_out, E x² = 1
    backward = weight.square().sum() / n_in
    print(f"{n_in} → {n_out}: forward {forward:.2f}, backward {backward:.2f}")
#> 100 → 100: forward 1.01, backward 1.01
#> 1000 → 100: forward 1.83, backward 0.18
#> 1000 → 10: forward 1.97, backward 0.02
check("initialization.7", lambda r: (2 * r / (r + 1), 2 / (r + 1)))
#> initialization.7: right. It agrees with the reference on all 20 inputs.
