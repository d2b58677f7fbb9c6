import torch

from dlnotes import check
from dlnotes.autoencoder import denoise, mixture_score

generator = torch.Generator().manual_seed(0)
weights, means = torch.tensor([0.5, 0.5]), torch.tensor([[-1.0, 0.0], [1.0, 0.5]])
variances, sigma, n = torch.tensor([0.2, 0.4]), 0.7, 1_000_000
which = torch.multinomial(weights, n, replacement=True, generator=generator)
clean = means[which] + variances[which, None].sqrt() * torch.randn(n, 2, generator=generator)
noisy = clean + sigma * torch.randn(n, 2, generator=generator)

score = mixture_score(noisy, weights, means, variances, sigma)
error = (denoise(noisy, score, sigma) - clean).square().sum(1).mean()
print(f"error of the best denoiser {error:.2f}")
#> error of the best denoiser 0.51
print(f"from the score alone       {2 * sigma**2 - sigma**4 * score.square().sum(1).mean():.2f}")
#> from the score alone       0.51


def error_from_scores(scores, sigma):
    return scores.shape[1] * sigma**2 - sigma**4 * scores.square().sum(1).mean()


check("autoencoder.5", error_from_scores)
#> autoencoder.5: right. It agrees with the reference on all 20 inputs.
