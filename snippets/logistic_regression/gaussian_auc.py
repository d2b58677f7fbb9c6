import torch
from torch.distributions import Normal

from dlnotes import check
from dlnotes.logistic_regression import roc_curve


def area(m, s0, s1):
    return Normal(0.0, 1.0).cdf(torch.tensor(m / (s0**2 + s1**2) ** 0.5))


torch.manual_seed(0)
for distance in (0.5, 1.0, 2.0):
    y = torch.arange(400_000).double() % 2
    x = torch.randn(len(y), dtype=torch.float64) + distance * y
    false_rate, true_rate, _ = roc_curve(x, y)
    measured = torch.trapezoid(true_rate, false_rate)
    print(f"distance {distance}: area {measured:.2f}, predicted {area(distance, 1, 1):.2f}")
#> distance 0.5: area 0.64, predicted 0.64
#> distance 1.0: area 0.76, predicted 0.76
#> distance 2.0: area 0.92, predicted 0.92
check("logistic_regression.6", area)
#> logistic_regression.6: right. It agrees with the reference on all 20 inputs.
