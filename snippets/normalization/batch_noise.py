"""One sample, normalised in many batches: how much does its output scatter?"""

import torch
from torch.nn import functional as F

torch.manual_seed(0)
z = 1.5  # our sample, in standard deviations from the mean
for B in (16, 64, 256):
    batches = torch.randn(B, 20_000, dtype=torch.float64)
    mean_error = batches.mean(dim=0).std()
    batches[0] = z
    x_hat = F.batch_norm(batches, None, None, training=True)[0]
    formula = ((1 + z**2 / 2) / B) ** 0.5
    print(f"B = {B:3}: error of the mean {mean_error:.3f}, 1/√B {B**-0.5:.3f}")
    print(f"         deviation of x̂ {x_hat.std():.3f}, formula {formula:.3f}")
#> B =  16: error of the mean 0.249, 1/√B 0.250
#>          deviation of x̂ 0.325, formula 0.364
#> B =  64: error of the mean 0.125, 1/√B 0.125
#>          deviation of x̂ 0.178, formula 0.182
#> B = 256: error of the mean 0.062, 1/√B 0.062
#>          deviation of x̂ 0.091, formula 0.091
