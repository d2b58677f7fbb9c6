import torch

from dlnotes import check
from dlnotes.logistic_regression import newton_logistic_regression, sigmoid

torch.manual_seed(0)
x = torch.randn(20_000, dtype=torch.float64)
X = torch.stack([torch.ones_like(x), x], dim=1)
true_p = sigmoid(3 * x)
at = (x - 2).abs().argmin()
for flipped in (0.0, 0.1, 0.2):
    p = flipped + (1 - 2 * flipped) * true_p  # of the label as written down
    w = newton_logistic_regression(X, p)  # targets may be probabilities
    fitted = sigmoid(X @ w)
    print(f"flipped {flipped}: weight {w[1]:.2f}, boundary {-w[0] / w[1]:.2f}")
    print(f"    at x = 2: p = {p[at]:.3f}, fitted {fitted[at]:.3f}")
#> flipped 0.0: weight 3.00, boundary 0.00
#>     at x = 2: p = 0.998, fitted 0.998
#> flipped 0.1: weight 1.61, boundary 0.00
#>     at x = 2: p = 0.898, fitted 0.961
#> flipped 0.2: weight 0.99, boundary 0.00
#>     at x = 2: p = 0.799, fitted 0.879
check("logistic_regression.7", lambda z, rho: torch.logit(rho + (1 - 2 * rho) * sigmoid(z)))
#> logistic_regression.7: right. It agrees with the reference on all 21 inputs.
