"""Ways back with less noise, or more: the same variance at the end, and another memory of the start."""

import torch

from dlnotes import check
from dlnotes.diffusion_physics import euler_maruyama

v0, vT, D = 0.25, 4.25, 0.5
T = (vT - v0) / (2 * D)
u = torch.linspace(0, 1, 301, dtype=torch.float64)
times = T * (1 - (1 - u) ** 2)
generator = torch.Generator().manual_seed(0)
start = vT**0.5 * torch.randn(20_000, generator=generator, dtype=torch.float64)
for noise in (0.0, 0.5, 1.0, 1.5):

    def drift(x, s, noise=noise):
        return -(1 + noise**2) * D * x / (v0 + 2 * D * (T - s))

    end = euler_maruyama(drift, start, times, noise**2 * D, generator)[-1]
    measured = torch.corrcoef(torch.stack([start, end]))[0, 1]
    predicted = (v0 / vT) ** (noise**2 / 2)
    print(f"λ = {noise}: variance {end.var():.2f}, correlation {measured:.2f}, predicted {predicted:.2f}")
#> λ = 0.0: variance 0.26, correlation 1.00, predicted 1.00
#> λ = 0.5: variance 0.25, correlation 0.71, predicted 0.70
#> λ = 1.0: variance 0.25, correlation 0.24, predicted 0.24
#> λ = 1.5: variance 0.25, correlation 0.05, predicted 0.04
check("diffusion_physics.5", "(v0 / v1) ** (noise**2 / 2)")
#> diffusion_physics.5: right. It agrees with the reference on all 20 inputs.
