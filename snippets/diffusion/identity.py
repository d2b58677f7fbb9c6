import torch

from dlnotes.diffusion import mixture_score

data, sigma, n = torch.tensor([[-1.0], [2.0]], dtype=torch.float64), 0.8, 500_000
generator = torch.Generator().manual_seed(0)
x0 = data[torch.randint(2, (n,), generator=generator)]
x = x0 + sigma * torch.randn(n, 1, generator=generator, dtype=torch.float64)
single, exact = (x0 - x) / sigma**2, mixture_score(x, data, sigma)
for name, guess in {"0": 0 * x, "-x": -x, "sin 3x": torch.sin(3 * x), "score": exact}.items():
    practical, wanted = (guess - single).square().mean(), (guess - exact).square().mean()
    print(f"f = {name}: contributions {practical:.2f}, score {wanted:.2f}, difference {practical - wanted:.2f}")
#> f = 0: contributions 1.56, score 1.06, difference 0.50
#> f = -x: contributions 2.70, score 2.20, difference 0.50
#> f = sin 3x: contributions 2.05, score 1.55, difference 0.49
#> f = score: contributions 0.50, score 0.00, difference 0.50
