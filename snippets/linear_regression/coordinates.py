import torch

from dlnotes import check
from dlnotes.data import penguins
from dlnotes.linear_regression import lstsq, one_hot

measurements, species = penguins()
y = measurements[:, 3]
u = one_hot(species).double()
means = u  # one coefficient a species: its mean
contrasts = torch.cat([torch.ones(len(y), 1, dtype=y.dtype), u[:, 1:]], dim=1)  # Adelie, and differences from it
A = torch.linalg.lstsq(means, contrasts).solution  # contrasts = means A

print("means    ", lstsq(means, y).numpy().round(1))
#> means     [3700.7 3733.1 5076. ]
print(
    "contrasts", lstsq(contrasts, y).numpy().round(1), "= A⁻¹ means", (A.inverse() @ lstsq(means, y)).numpy().round(1)
)
#> contrasts [3700.7   32.4 1375.4] = A⁻¹ means [3700.7   32.4 1375.4]
print("same predictions:", torch.allclose(means @ lstsq(means, y), contrasts @ lstsq(contrasts, y)))
#> same predictions: True
print(f"condition numbers {torch.linalg.cond(means):.2f} and {torch.linalg.cond(contrasts):.2f}")
#> condition numbers 1.49 and 3.45
check("linear_regression.6", lambda w, A: A.inverse() @ w)
#> linear_regression.6: right. It agrees with the reference on all 20 inputs.
