import torch

from dlnotes.autoencoder import denoise, mixture_score

generator = torch.Generator().manual_seed(0)
weights, means, variances = torch.tensor([0.6, 0.4]), torch.tensor([[-1.0], [1.5]]), torch.tensor([0.1, 0.3])
sigma, n = 0.8, 2_000_000
which = torch.multinomial(weights, n, replacement=True, generator=generator)
clean = means[which, 0] + variances[which].sqrt() * torch.randn(n, generator=generator)
noisy = clean + sigma * torch.randn(n, generator=generator)

for place in (-1.0, 0.0, 1.0, 2.0):
    near = (noisy - place).abs() < 0.02  # average the clean samples whose noisy ones are here
    point = torch.tensor([place])
    formula = denoise(point, mixture_score(point, weights, means, variances, sigma), sigma).item()
    print(f"at {place:4.1f}: mean of the clean samples {clean[near].mean():.2f}, formula {formula:.2f}")
#> at -1.0: mean of the clean samples -0.96, formula -0.96
#> at  0.0: mean of the clean samples -0.37, formula -0.37
#> at  1.0: mean of the clean samples 1.10, formula 1.10
#> at  2.0: mean of the clean samples 1.65, formula 1.65
