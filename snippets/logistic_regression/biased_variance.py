import torch

from dlnotes.logistic_regression import gaussian_mle

torch.manual_seed(0)
for n in (2, 5, 20):
    samples = 2 * torch.randn(200_000, n)  # variance 4
    _, variance = gaussian_mle(samples)
    print(f"n = {n:2}: mean estimate {variance.mean():.2f}, (n-1)/n * 4 = {4 * (n - 1) / n:.2f}")
#> n =  2: mean estimate 2.00, (n-1)/n * 4 = 2.00
#> n =  5: mean estimate 3.20, (n-1)/n * 4 = 3.20
#> n = 20: mean estimate 3.80, (n-1)/n * 4 = 3.80
