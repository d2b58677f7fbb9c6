"""The posterior of linear regression with a Gaussian prior: its mode is the ridge
solution with λ = σ²/τ²."""

import torch
from torch.distributions import Normal

from dlnotes.regularization import ridge

generator = torch.Generator().manual_seed(0)
sigma, tau = 0.5, 2.0
X = torch.randn(12, 3, generator=generator, dtype=torch.float64)
truth = torch.tensor([1.0, -2.0, 0.5], dtype=torch.float64)
y = X @ truth + sigma * torch.randn(12, generator=generator, dtype=torch.float64)


def log_posterior(w):
    return Normal(X @ w, sigma).log_prob(y).sum() + Normal(0.0, tau).log_prob(w).sum()


w = ridge(X, y, sigma**2 / tau**2)
print(f"slope at the ridge solution {torch.func.grad(log_posterior)(w).norm():.6f}")
#> slope at the ridge solution 0.000000
precision = -torch.func.hessian(log_posterior)(w)
covariance = sigma**2 * torch.linalg.inv(X.T @ X + sigma**2 / tau**2 * torch.eye(3))
print(f"covariance: {(torch.linalg.inv(precision) - covariance).abs().max():.6f} from the formula")
#> covariance: 0.000000 from the formula
