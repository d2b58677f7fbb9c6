"""Forth, and back by the reverse SDE from the very same places: the law returns, the particles do not."""

import torch

from dlnotes.diffusion_physics import Mixture, euler_maruyama

data = Mixture(*torch.tensor([[0.5, 0.5], [-1.0, 1.0], [0.04, 0.04]], dtype=torch.float64))
generator = torch.Generator().manual_seed(0)
T = 2.0
u = torch.linspace(0, 1, 301, dtype=torch.float64)
x = data.sample(20_000, generator)
noised = euler_maruyama(lambda x, t: -x, x, T * u**2, 1.0, generator)[-1]
back = euler_maruyama(
    lambda y, s: y + 2 * data.after(max(T - s, 0.0), 1.0, 1.0).score(y), noised, T * (1 - (1 - u) ** 2), 1.0, generator
)[-1]
print(f"in the right half: {(x > 0).double().mean():.2f} before, {(back > 0).double().mean():.2f} after")
#> in the right half: 0.51 before, 0.50 after
print(f"standard deviation: {x.std():.2f} before, {back.std():.2f} after")
#> standard deviation: 1.02 before, 1.02 after
print(f"particles in the half where they began: {((x > 0) == (back > 0)).double().mean():.2f}")
#> particles in the half where they began: 0.51
