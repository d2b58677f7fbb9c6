import torch

from dlnotes import check
from dlnotes.logistic_regression import newton_logistic_regression, sigmoid

torch.manual_seed(0)


def draw(share, n):
    """Samples of which a given share has label 1; the classes themselves do not change."""
    y = (torch.rand(n) < share).double()
    x = torch.randn(n, 2, dtype=torch.float64) + y.unsqueeze(1) * torch.tensor([1.5, 0.5])
    return torch.cat([torch.ones(n, 1), x], dim=1), y


X, y = draw(0.5, 20_000)  # trained on as many sick as healthy
w = newton_logistic_regression(X, y)
X, y = draw(0.02, 200_000)  # used where the disease is rare
shift = torch.logit(torch.tensor(0.02)) - torch.logit(torch.tensor(0.5))

for name, z in (("as trained", X @ w), ("bias moved", X @ w + shift)):
    print(f"{name}: mean probability {sigmoid(z).mean():.3f}, sick {y.mean():.3f}")
#> as trained: mean probability 0.304, sick 0.020
#> bias moved: mean probability 0.020, sick 0.020
check("logistic_regression.3", "log(new / (1 - new)) - log(old / (1 - old))")
#> logistic_regression.3: right. It agrees with the reference on all 21 inputs.
