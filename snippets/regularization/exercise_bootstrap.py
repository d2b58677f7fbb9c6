"""Bootstrap samples of 20 points: share of the points they hold, mean of their means,
and how often each neighbour is the nearest one in the sample."""

import torch

from dlnotes import check

generator = torch.Generator().manual_seed(0)
n, repetitions = 20, 200_000
y = torch.randn(n, generator=generator)
drawn = torch.randint(n, (repetitions, n), generator=generator)
held = torch.zeros(repetitions, n, dtype=torch.bool).scatter_(1, drawn, True)
print(f"share {held.float().mean():.4f}, formula {1 - (1 - 1 / n) ** n:.4f}")
#> share 0.6417, formula 0.6415
print(f"mean {y.mean():.3f}, bagged {y[drawn].mean():.3f}")
#> mean 0.347, bagged 0.347
nearest = held.float().argmax(1)  # points are sorted by their distance
print("nearest in the sample:", [round((nearest == k).float().mean().item(), 2) for k in range(4)])
#> nearest in the sample: [0.64, 0.24, 0.08, 0.03]
print("formula:              ", [round((1 - k / n) ** n - (1 - (k + 1) / n) ** n, 2) for k in range(4)])
#> formula:               [0.64, 0.24, 0.08, 0.03]
check("regularization.6", "(1 - (k - 1) / N)**N - (1 - k / N)**N")
#> regularization.6: right. It agrees with the reference on all 20 inputs.
