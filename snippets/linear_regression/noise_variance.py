import torch

from dlnotes import check
from dlnotes.linear_regression import lstsq

torch.manual_seed(0)
N, d, sigma = 20, 5, 2.0
X = torch.randn(N, d, dtype=torch.float64)
y = X @ torch.randn(d, 1, dtype=torch.float64) + sigma * torch.randn(
    N, 100_000, dtype=torch.float64
)  # one data set a column
squares = (y - X @ lstsq(X, y)).square().sum(dim=0)

print(f"σ² = {sigma**2}, mean of |e|²/N {(squares / N).mean():.2f}, of |e|²/(N - d) {(squares / (N - d)).mean():.2f}")
#> σ² = 4.0, mean of |e|²/N 3.00, of |e|²/(N - d) 4.00
check("linear_regression.4", lambda X, y: (y - X @ lstsq(X, y)).square().sum() / (X.shape[0] - X.shape[1]))
#> linear_regression.4: right. It agrees with the reference on all 20 inputs.
