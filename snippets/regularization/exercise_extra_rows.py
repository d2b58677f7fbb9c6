"""Plain least squares with invented rows is ridge."""

import torch

from dlnotes.regularization import ridge

generator = torch.Generator().manual_seed(0)
X = torch.randn(8, 3, generator=generator, dtype=torch.float64)
y = torch.randn(8, generator=generator, dtype=torch.float64)
penalty = 2.0
longer = torch.cat([X, penalty**0.5 * torch.eye(3, dtype=torch.float64)])
targets = torch.cat([y, torch.zeros(3, dtype=torch.float64)])
plain = torch.linalg.lstsq(longer, targets[:, None]).solution[:, 0]
for name, w in (("longer data", plain), ("ridge", ridge(X, y, penalty))):
    print(f"{name:11s}", [round(value, 4) for value in w.tolist()])
#> longer data [0.1367, 0.1488, -0.2695]
#> ridge       [0.1367, 0.1488, -0.2695]
