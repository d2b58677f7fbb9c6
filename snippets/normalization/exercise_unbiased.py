import torch

from dlnotes import check
from dlnotes.normalization import BatchNorm1d

torch.manual_seed(0)
data = 3 * torch.randn(100_000, 1)
for m in (2, 4, 32):
    layer = BatchNorm1d(1, momentum=None)  # mean over all batches
    for batch in data.split(m):
        layer(batch)
    unbiased = layer.running_var.item()
    y = layer.eval()(data)
    with_biased = y.var().item() * m / (m - 1)
    print(f"m = {m:2}: running variance {unbiased:.2f}, output {y.var():.2f}")
    print(f"        with the biased one {with_biased:.2f}")
#> m =  2: running variance 8.97, output 1.01
#>         with the biased one 2.01
#> m =  4: running variance 8.99, output 1.00
#>         with the biased one 1.34
#> m = 32: running variance 9.02, output 1.00
#>         with the biased one 1.03
check("normalization.4", lambda m: m / (m - 1))
#> normalization.4: right. It agrees with the reference on all 20 inputs.
