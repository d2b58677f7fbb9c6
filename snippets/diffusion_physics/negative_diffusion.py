"""Diffusion with the opposite sign is no way back: the shortest ripples grow fastest."""

import math

import torch

from dlnotes.diffusion_physics import transition_rates

for spacing in (0.2, 0.1, 0.05):
    cells = round(6 / spacing)
    rates = transition_rates(torch.zeros(cells, dtype=torch.float64), spacing, diffusion=1.0, temperature=1.0)
    growth = torch.linalg.eigvalsh(-rates)[-1]  # per unit of time, of the fastest ripple
    print(f"cells of {spacing}: an error grows by the factor 10^{growth * 0.1 / math.log(10):.1f} in a tenth of a unit")
#> cells of 0.2: an error grows by the factor 10^4.3 in a tenth of a unit
#> cells of 0.1: an error grows by the factor 10^17.4 in a tenth of a unit
#> cells of 0.05: an error grows by the factor 10^69.5 in a tenth of a unit
