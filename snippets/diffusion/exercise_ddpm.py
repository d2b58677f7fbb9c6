import torch

from dlnotes import check
from dlnotes.diffusion import ddpm_step, linear_betas, sde_step

betas, t = linear_betas(1000), 300
torch.manual_seed(0)
x, noise = torch.randn(2, 5, dtype=torch.float64)
alpha_bar = (1 - betas).cumprod(0)
now, before = alpha_bar[t - 1], alpha_bar[t - 2]  # counted from 0
sigma, sigma_next = ((1 - now) / now).sqrt(), ((1 - before) / before).sqrt()

theirs = ddpm_step(x, noise, betas, t, torch.Generator().manual_seed(1))
ours = sde_step(lambda z, s: z - s * noise, x / now.sqrt(), sigma, sigma_next, torch.Generator().manual_seed(1))
print("largest difference below 1e-12:", ((before.sqrt() * ours - theirs).abs().max() < 1e-12).item())
#> largest difference below 1e-12: True


def factor_and_variance(beta, alpha_bar):
    before = alpha_bar / (1 - beta)
    return beta / (1 - alpha_bar) ** 0.5, beta * (1 - before) / (1 - alpha_bar)


check("diffusion.5", factor_and_variance)
#> diffusion.5: right. It agrees with the reference on all 20 inputs.
