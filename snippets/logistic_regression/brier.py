import torch

from dlnotes.logistic_regression import sigmoid

torch.manual_seed(0)
true_p = sigmoid(2 * torch.randn(20_000, dtype=torch.float64))
y = (torch.rand(len(true_p)) < true_p).double()
p = (5 * true_p).round() / 5  # a forecaster who says 0, 0.2, 0.4, …

values, place, n = p.unique(return_inverse=True, return_counts=True)
share = torch.zeros_like(values).index_add(0, place, y) / n
reliability = (n * (values - share) ** 2).sum() / len(y)
resolution = (n * (share - y.mean()) ** 2).sum() / len(y)
uncertainty = y.mean() * (1 - y.mean())
print(f"Brier score {((p - y) ** 2).mean():.4f}")
#> Brier score 0.1529
total = reliability - resolution + uncertainty
print(f"{reliability:.4f} - {resolution:.4f} + {uncertainty:.4f} = {total:.4f}")
#> 0.0006 - 0.0977 + 0.2500 = 0.1529
