from math import log

import torch

from dlnotes import check
from dlnotes.softmax import cross_entropy

K, share, label = 10, 0.1, torch.tensor(0)
for gap in (2.0, 4.0, 4.511, 6.0, 10.0):
    z = torch.zeros(K)
    z[0] = gap
    plain = cross_entropy(z, label)
    smooth = cross_entropy(z, label, label_smoothing=share)
    print(f"gap {gap:6}  plain loss {plain:.4f}  smoothed loss {smooth:.4f}")
#> gap    2.0  plain loss 0.7966  smoothed loss 0.9766
#> gap    4.0  plain loss 0.1526  smoothed loss 0.5126
#> gap  4.511  plain loss 0.0943  smoothed loss 0.5003
#> gap    6.0  plain loss 0.0221  smoothed loss 0.5621
#> gap   10.0  plain loss 0.0004  smoothed loss 0.9004
check("softmax.7", (-0.91 * log(0.91) - 0.09 * log(0.01), log(91)))
#> softmax.7: right.
