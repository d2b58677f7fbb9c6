"""How much longer Adam's steps would be without the corrections."""

import torch

beta1, beta2 = 0.9, 0.999
t = torch.arange(1, 10_001, dtype=torch.float64)
factor = (1 - beta1**t) / (1 - beta2**t).sqrt()
for step in (1, 10, 100, 1000, 5000):
    print(step, round(factor[step - 1].item(), 3))
#> 1 3.162
#> 10 6.528
#> 100 3.241
#> 1000 1.258
#> 5000 1.003
print("largest at", int(t[factor.argmax()]), f"{factor.max():.3f}")
#> largest at 12 6.569
