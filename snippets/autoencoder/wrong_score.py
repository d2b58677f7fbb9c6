import torch

from dlnotes.autoencoder import denoise, mixture_score

one, means, variance = torch.ones(1), torch.zeros(1, 1), torch.tensor([1.0])  # data: standard normal
sigma = 1.0
generator = torch.Generator().manual_seed(0)
clean = torch.randn(1_000_000, 1, generator=generator)
noisy = clean + sigma * torch.randn(1_000_000, 1, generator=generator)

for name, noise in [("score of the clean data", 0.0), ("score of the noisy data", sigma)]:
    denoised = denoise(noisy, mixture_score(noisy, one, means, variance, noise), sigma)
    print(f"{name}: error {(denoised - clean).square().mean():.3f}")
#> score of the clean data: error 1.000
#> score of the noisy data: error 0.500
