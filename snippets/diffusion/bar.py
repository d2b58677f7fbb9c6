import torch

from dlnotes.diffusion import linear_betas

betas = linear_betas(1000)
alpha_bar, t = (1 - betas).cumprod(0), 249  # step 250
generator = torch.Generator().manual_seed(0)
x0, noise = torch.randn(2, 200_000, generator=generator, dtype=torch.float64)
signal = alpha_bar[t].sqrt() * x0
for name, factor in {
    "sqrt(1 - alpha_bar)": (1 - alpha_bar[t]).sqrt(),
    "1 - alpha_bar": 1 - alpha_bar[t],
    "sqrt(1 - alpha)": betas[t].sqrt(),
}.items():
    print(f"{name}: variance {(signal + factor * noise).var():.2f}")
#> sqrt(1 - alpha_bar): variance 0.99
#> 1 - alpha_bar: variance 0.75
#> sqrt(1 - alpha): variance 0.53
