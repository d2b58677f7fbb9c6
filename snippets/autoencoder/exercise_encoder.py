import torch

from dlnotes import check
from dlnotes.autoencoder import principal_components

generator = torch.Generator().manual_seed(0)
x = torch.randn(300, 6, generator=generator) * torch.tensor([3.0, 2.0, 1.5, 1.0, 0.7, 0.3])
x = x - x.mean(0)
decoder = torch.randn(6, 2, generator=generator)

best_codes = torch.linalg.lstsq(decoder, x.T).solution  # no encoder, of whatever kind, finds better ones
error = (decoder @ best_codes - x.T).square().sum(0).mean()
print(f"best codes for a linear decoder: {error:.2f}, PCA: {principal_components(x, 2).variances[2:].sum():.2f}")
#> best codes for a linear decoder: 9.21, PCA: 4.05


def least_loss(B, X):
    Q = torch.linalg.qr(B).Q  # an orthonormal basis of the plane
    return (X - X @ Q @ Q.T).square().sum(1).mean()


check("autoencoder.1", least_loss)
#> autoencoder.1: right. It agrees with the reference on all 20 inputs.
