import torch

from dlnotes.diffusion import linear_betas

betas = linear_betas(1000)
alpha_bar = (1 - betas).cumprod(0)
generator = torch.Generator().manual_seed(0)
x0 = torch.tensor([-1.0, 2.0], dtype=torch.float64)[torch.randint(2, (100_000,), generator=generator)]
x = x0.clone()
for beta in betas[:400]:  # 400 steps of the chain
    x = (1 - beta).sqrt() * x + beta.sqrt() * torch.randn(len(x), generator=generator, dtype=torch.float64)
sigma = ((1 - alpha_bar) / alpha_bar).sqrt()
z = x0 + sigma[399] * torch.randn(len(x), generator=generator, dtype=torch.float64)  # noise added at once, then scaled
at = torch.tensor([0.1, 0.5, 0.9], dtype=torch.float64)
print("quantiles by 400 steps:  ", [round(q, 1) for q in x.quantile(at).tolist()])
#> quantiles by 400 steps:   [-1.2, 0.2, 1.7]
print("quantiles by the formula:", [round(q, 1) for q in (alpha_bar[399].sqrt() * z).quantile(at).tolist()])
#> quantiles by the formula: [-1.2, 0.2, 1.7]
print(f"beta from {betas[0]:.4f} to {betas[-1]:.2f}")
#> beta from 0.0001 to 0.02
print(f"at the last step: alpha-bar {alpha_bar[-1]:.1e}, sigma {sigma[-1]:.0f}")
#> at the last step: alpha-bar 4.0e-05, sigma 157
