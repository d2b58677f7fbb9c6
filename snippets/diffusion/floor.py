import torch

from dlnotes.diffusion import mixture_score

data = torch.tensor([[-1.0], [1.0]], dtype=torch.float64)  # variance 1
generator = torch.Generator().manual_seed(0)
x0 = data[torch.randint(2, (200_000,), generator=generator)]
noise = torch.randn(len(x0), 1, generator=generator, dtype=torch.float64)
for sigma in (0.1, 0.8, 3.0, 20.0):
    x = x0 + sigma * noise
    perfect = -sigma * mixture_score(x, data, sigma)  # the best possible prediction of the noise
    print(f"sigma {sigma}: two points {(perfect - noise).square().mean():.3f}, normal data {1 / (1 + sigma**2):.3f}")
#> sigma 0.1: two points 0.000, normal data 0.990
#> sigma 0.8: two points 0.478, normal data 0.610
#> sigma 3.0: two points 0.100, normal data 0.100
#> sigma 20.0: two points 0.002, normal data 0.002
