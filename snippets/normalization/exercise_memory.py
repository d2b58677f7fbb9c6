import math

import torch

from dlnotes import check

alpha = 0.1
steps = math.log(0.01) / math.log(1 - alpha)
print(f"1 % of the start is left after {math.ceil(steps)} steps")
#> 1 % of the start is left after 44 steps

torch.manual_seed(0)
running = torch.zeros(10_000)
for mean in torch.randn(200, 10_000):  # of batches; deviation 1
    running = (1 - alpha) * running + alpha * mean
formula = alpha / (2 - alpha)
print(f"variance of the running mean {running.var():.4f}, formula {formula:.4f}")
#> variance of the running mean 0.0522, formula 0.0526
print(f"that of a mean over {(2 - alpha) / alpha:.0f} batches")
#> that of a mean over 19 batches


def memory(alpha):
    return math.ceil(math.log(0.01) / math.log(1 - alpha)), (2 - alpha) / alpha


check("normalization.5", memory)
#> normalization.5: right. It agrees with the reference on all 20 inputs.
