"""Two points, 4 and 6, under pure diffusion and in a trap: what is left of them?"""

import torch

from dlnotes.diffusion_physics import Mixture

data = Mixture(*torch.tensor([[0.5, 0.5], [4.0, 6.0], [1e-9, 1e-9]], dtype=torch.float64))
generator = torch.Generator().manual_seed(0)
for name, rate, D, t in (
    ("diffusion", 0, 0.001, 10.0),
    ("diffusion", 0, 1.0, 10.0),
    ("diffusion", 0, 1.0, 1000.0),
    ("trap     ", 1, 1.0, 8.0),
):
    p = data.after(t, rate, D)
    x = p.sample(400_000, generator)
    kurtosis = ((x - x.mean()) ** 4).mean() / x.var() ** 2
    mean, variance = (p.weights * p.means).sum(), x.var()
    print(f"{name} D = {D}, t = {t:6}: mean {mean:.4f}, variance {variance:.2f}, kurtosis {kurtosis:.2f}")
#> diffusion D = 0.001, t =   10.0: mean 5.0000, variance 1.02, kurtosis 1.08
#> diffusion D = 1.0, t =   10.0: mean 5.0000, variance 20.99, kurtosis 3.00
#> diffusion D = 1.0, t = 1000.0: mean 5.0000, variance 2008.99, kurtosis 2.99
#> trap      D = 1.0, t =    8.0: mean 0.0017, variance 1.00, kurtosis 3.01
