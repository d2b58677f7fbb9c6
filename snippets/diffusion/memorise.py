import torch

from dlnotes.diffusion import noise_levels, posterior_mean, sample, sde_step

generator = torch.Generator().manual_seed(0)
train = torch.randn(20, 2, generator=generator, dtype=torch.float64)
start = 30 * torch.randn(500, 2, generator=generator, dtype=torch.float64)
fresh = torch.randn(500, 2, generator=generator, dtype=torch.float64)


def median_distance(x):
    return torch.cdist(x, train).amin(1).median()


for smallest in (0.3, 0.03, 0.003):
    levels = noise_levels(30.0, smallest, 300)[:-1]  # stop at the smallest level
    x = sample(sde_step, lambda x, sigma: posterior_mean(x, train, sigma), start, levels, generator)
    hit = torch.cdist(x, train).argmin(1).unique().numel()
    print(f"stopped at sigma {smallest}: median distance {median_distance(x):.4f}, training points hit: {hit} of 20")
#> stopped at sigma 0.3: median distance 0.2879, training points hit: 20 of 20
#> stopped at sigma 0.03: median distance 0.0345, training points hit: 20 of 20
#> stopped at sigma 0.003: median distance 0.0036, training points hit: 20 of 20
print(f"fresh points of the true distribution: {median_distance(fresh):.4f}")
#> fresh points of the true distribution: 0.3922
