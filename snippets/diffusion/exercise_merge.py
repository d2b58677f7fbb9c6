import torch

from dlnotes import check
from dlnotes.diffusion import mixture_log_density

data = torch.tensor([[-1.0], [1.0]], dtype=torch.float64)
x = torch.linspace(-3, 3, 6001, dtype=torch.float64)[:, None]
for sigma in (0.9, 0.99, 1.01, 1.1):
    p = mixture_log_density(x, data, sigma)
    peaks = ((p[1:-1] > p[:-2]) & (p[1:-1] >= p[2:])).sum()
    print(f"sigma {sigma}: {peaks} maxima")
#> sigma 0.9: 2 maxima
#> sigma 0.99: 2 maxima
#> sigma 1.01: 1 maxima
#> sigma 1.1: 1 maxima
check("diffusion.1", lambda a, sigma: 2 if sigma < a else 1)
#> diffusion.1: right. It agrees with the reference on all 25 inputs.
