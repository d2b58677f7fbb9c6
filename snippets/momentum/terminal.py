"""A constant slope: the ball speeds up until friction takes as much as the
slope adds, and then moves ten times as fast as gradient descent."""

import torch

from dlnotes.momentum import heavy_ball

points = heavy_ball(lambda w: w, torch.tensor(0.0), lr=0.1, momentum=0.9, steps=100)
steps = -points.diff()
for t in (1, 2, 7, 22, 100):
    print(f"step {t}: {steps[t - 1]:.4f}, {steps[t - 1] / 0.1:.2f} times as long as without momentum")
#> step 1: 0.1000, 1.00 times as long as without momentum
#> step 2: 0.1900, 1.90 times as long as without momentum
#> step 7: 0.5217, 5.22 times as long as without momentum
#> step 22: 0.9015, 9.02 times as long as without momentum
#> step 100: 1.0000, 10.00 times as long as without momentum
