import torch
from torch.distributions import MultivariateNormal

generator = torch.Generator().manual_seed(0)
W = torch.randn(5, 2, generator=generator, dtype=torch.float64)  # decoder: two factors to five measurements
x = torch.randn(1000, 2, generator=generator, dtype=torch.float64) @ W.T
x = x + 0.3 * torch.randn(x.shape, generator=generator, dtype=torch.float64)

for degrees in (0, 30, 77):
    a = torch.deg2rad(torch.tensor(float(degrees), dtype=torch.float64))
    U = torch.stack([torch.stack([a.cos(), -a.sin()]), torch.stack([a.sin(), a.cos()])])
    turned = W @ U
    density = MultivariateNormal(torch.zeros(5).double(), turned @ turned.T + 0.09 * torch.eye(5))
    print(f"code turned by {degrees:2d} degrees: log-likelihood {density.log_prob(x).mean():.6f}")
#> code turned by  0 degrees: log-likelihood -5.193598
#> code turned by 30 degrees: log-likelihood -5.193598
#> code turned by 77 degrees: log-likelihood -5.193598
