import torch

from dlnotes import check
from dlnotes.diffusion import posterior_mean

torch.manual_seed(0)
data, x, sigma = torch.randn(6, 3, dtype=torch.float64), torch.randn(3, dtype=torch.float64), 0.9
jacobian = torch.autograd.functional.jacobian(lambda x: posterior_mean(x, data, sigma), x)
w = torch.softmax(-(x - data).square().sum(1) / (2 * sigma**2), 0)
covariance = torch.cov(data.T, aweights=w, correction=0)
print("equal:", torch.allclose(jacobian, covariance / sigma**2))
#> equal: True
print(f"largest eigenvalue: {torch.linalg.eigvalsh(jacobian).max():.3f}")
#> largest eigenvalue: 1.076


def denoiser_jacobian(data, z, sigma):
    w = torch.softmax(-(z - data).square().sum(1) / (2 * sigma**2), 0)
    mean = w @ data
    return (data.T @ (w[:, None] * data) - torch.outer(mean, mean)) / sigma**2


check("diffusion.2", denoiser_jacobian)
#> diffusion.2: right. It agrees with the reference on all 20 inputs.
