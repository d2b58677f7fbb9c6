import torch

from dlnotes.logistic_regression import sigmoid

torch.manual_seed(0)
z = 2 * torch.randn(200_000)  # log-odds of a fault, taken to be true
fault = torch.rand(len(z)) < sigmoid(z)

false_alarm, missed = 1.0, 9.0  # costs
for threshold in (0.05, 0.1, 0.2, 0.5):
    alarm = sigmoid(z) > threshold
    cost = false_alarm * (alarm & ~fault).float() + missed * (~alarm & fault).float()
    print(f"alarm above {threshold:.2f}: mean cost {cost.mean():.3f}")
#> alarm above 0.05: mean cost 0.449
#> alarm above 0.10: mean cost 0.431
#> alarm above 0.20: mean cost 0.485
#> alarm above 0.50: mean cost 1.109
