import torch

theta = 1.5
e = torch.randn(1_000_000, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
x = theta + e
pathwise = 2 * x  # f'(x) for f(x) = x²
score_function = x**2 * e  # f(x) times the slope of log density
for name, estimates in (("pathwise", pathwise), ("score function", score_function)):
    print(f"{name}: mean {estimates.mean():.1f}, variance {estimates.var():.0f}")
#> pathwise: mean 3.0, variance 4
#> score function: mean 3.0, variance 51
print(f"formulas: mean {2 * theta:.1f}, variances 4 and {theta**4 + 14 * theta**2 + 15:.0f}")
#> formulas: mean 3.0, variances 4 and 52
