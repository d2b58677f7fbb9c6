import torch

from dlnotes.data import PENGUIN_SPECIES, penguins
from dlnotes.logistic_regression import logistic_regression_gradient, newton_logistic_regression

measurements, species = penguins()
chosen = species != PENGUIN_SPECIES.index("Chinstrap")
x = measurements[chosen][:, [0, 1]]  # bill length and depth
x = (x - x.mean(0)) / x.std(0)
y = (species[chosen] == PENGUIN_SPECIES.index("Gentoo")).double()
sign = 2 * y - 1

w = torch.zeros(2, dtype=torch.float64)
for step in range(1, 8193):
    w = w - logistic_regression_gradient(x, y, w)
    if step in (128, 1024, 8192):
        margin = (sign * (x @ w)).min() / w.norm()
        print(f"step {step}: norm {w.norm():.2f}, smallest margin {margin:.3f}")
#> step 128: norm 4.82, smallest margin 0.074
#> step 1024: norm 7.88, smallest margin 0.075
#> step 8192: norm 12.59, smallest margin 0.085

try:
    newton_logistic_regression(x, y)
except ValueError as error:
    print(error)
#> a hyperplane separates the classes: the optimum is at infinity; use weight_decay > 0
for weight_decay in (1e-2, 1e-3):
    w = newton_logistic_regression(x, y, weight_decay=weight_decay)
    print(f"weight decay {weight_decay}: norm {w.norm():.2f}")
#> weight decay 0.01: norm 3.23
#> weight decay 0.001: norm 5.64
