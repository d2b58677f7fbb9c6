"""Mean age and half-life of the gradients in a moving average."""

import math

import torch

from dlnotes import check

for beta in (0.9, 0.99, 0.999):
    ages = torch.arange(100_000, dtype=torch.float64)
    weights = (1 - beta) * beta**ages
    mean_age = (weights * ages).sum().item()
    half = -math.log(2) / math.log(beta)
    print(f"β = {beta}: mean age {mean_age:.1f}, half of the weight within {half:.1f} steps")
#> β = 0.9: mean age 9.0, half of the weight within 6.6 steps
#> β = 0.99: mean age 99.0, half of the weight within 69.0 steps
#> β = 0.999: mean age 999.0, half of the weight within 692.8 steps
print(f"β² for batches of twice the size: {0.999**2:.6f}, not 0.999")
#> β² for batches of twice the size: 0.998001, not 0.999
check("adam.2", lambda beta, m: (beta / (1 - beta), -math.log(2) / math.log(beta), beta**m))
#> adam.2: right. It agrees with the reference on all 20 inputs.
