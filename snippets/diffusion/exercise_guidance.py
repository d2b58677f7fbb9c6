import torch

from dlnotes import check
from dlnotes.diffusion import heun_step, noise_levels, sample


def denoiser(mean, variance):
    return lambda x, sigma: mean + variance / (variance + sigma**2) * (x - mean)


everything, label, w = denoiser(0.0, 1.0), denoiser(1.0, 0.25), 3.0


def guided(x, sigma):
    return everything(x, sigma) + w * (label(x, sigma) - everything(x, sigma))


start = 30 * torch.randn(100_000, 1, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
x = sample(heun_step, guided, start, noise_levels(30.0, 0.01, 100))
precision = (1 - w) / 1.0 + w / 0.25
print(f"guided samples: mean {x.mean():.2f}, std {x.std():.2f}")
#> guided samples: mean 1.49, std 0.13
print(f"the density p(x)^(1-w) p(x|y)^w: mean {w / 0.25 / precision:.2f}, std {precision**-0.5:.2f}")
#> the density p(x)^(1-w) p(x|y)^w: mean 1.20, std 0.32


def product_density(m1, v1, m2, v2, w):
    precision = (1 - w) / v1 + w / v2
    return ((1 - w) * m1 / v1 + w * m2 / v2) / precision, 1 / precision


check("diffusion.7", product_density)
#> diffusion.7: right. It agrees with the reference on all 20 inputs.
