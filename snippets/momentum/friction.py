"""Without friction the ball never comes to rest."""

import torch

from dlnotes.momentum import heavy_ball

start = torch.tensor(1.0, dtype=torch.float64)
for momentum in (1.0, 0.9):
    points = heavy_ball(lambda w: 0.5 * w**2, start, 0.1, momentum, 2000)
    print(f"β = {momentum}: largest distance in the last 100 steps {points[-100:].abs().max():.2g}")
#> β = 1.0: largest distance in the last 100 steps 1
#> β = 0.9: largest distance in the last 100 steps 2.7e-44
