"""Five steps on w², beside what the closed form says."""

import torch

from dlnotes.gradient_descent import gradient_descent

start = torch.tensor(1.0, dtype=torch.float64)
for lr in (0.1, 0.5, 0.9, 1.0, 1.1):
    points = gradient_descent(lambda w: w**2, start, lr, steps=5)
    assert torch.allclose(points, (1 - 2 * lr) ** torch.arange(6, dtype=torch.float64))
    print(lr, [round(w, 3) for w in points.tolist()])
#> 0.1 [1.0, 0.8, 0.64, 0.512, 0.41, 0.328]
#> 0.5 [1.0, 0.0, 0.0, 0.0, 0.0, 0.0]
#> 0.9 [1.0, -0.8, 0.64, -0.512, 0.41, -0.328]
#> 1.0 [1.0, -1.0, 1.0, -1.0, 1.0, -1.0]
#> 1.1 [1.0, -1.2, 1.44, -1.728, 2.074, -2.488]
