"""The divergence from Boltzmann's law falls at the rate D E[(s + x)²]: a normal law in a trap."""

import torch

from dlnotes import check
from dlnotes.diffusion_physics import ornstein_uhlenbeck


def divergence(t):
    """From N(m, v) to the standard normal law, with trap rate and diffusion coefficient 1."""
    m, v = ornstein_uhlenbeck(torch.tensor(2.0).double(), torch.tensor(0.3).double(), t, 1.0, 1.0)
    return (m**2 + v - 1 - torch.log(v)) / 2


for t in (0.1, 0.5, 2.0):
    m, v = ornstein_uhlenbeck(torch.tensor(2.0).double(), torch.tensor(0.3).double(), t, 1.0, 1.0)
    slope = (divergence(t + 1e-5) - divergence(t - 1e-5)) / 2e-5
    mean_square = m**2 + (1 - 1 / v) ** 2 * v  # of x - (x - m) / v
    print(f"t = {t}: divergence {divergence(t):.4f}, slope {slope:.4f}, minus the expectation {-mean_square:.4f}")
#> t = 0.1: divergence 1.7765, slope -4.0443, minus the expectation -4.0443
#> t = 0.5: divergence 0.7559, slope -1.5608, minus the expectation -1.5608
#> t = 2.0: divergence 0.0367, slope -0.0734, minus the expectation -0.0734
check("diffusion_physics.2", lambda m, v: m**2 + (1 - 1 / v) ** 2 * v)
#> diffusion_physics.2: right. It agrees with the reference on all 20 inputs.
