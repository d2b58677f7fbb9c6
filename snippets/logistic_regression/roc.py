import torch

from dlnotes.data import PENGUIN_SPECIES, penguins
from dlnotes.logistic_regression import roc_curve

measurements, species = penguins()
chosen = species != PENGUIN_SPECIES.index("Chinstrap")
mass = measurements[chosen, 3]  # g: any increasing function of the log-odds has the same curve
y = (species[chosen] == PENGUIN_SPECIES.index("Gentoo")).double()

false_rate, true_rate, threshold = roc_curve(mass, y)
for grams in (4400, 4700, 5000):
    at = (threshold >= grams).sum() - 1
    print(f"from {grams} g: {true_rate[at]:.3f} of the gentoos, {false_rate[at]:.3f} of the Adelies")
#> from 4400 g: 0.919 of the gentoos, 0.093 of the Adelies
#> from 4700 g: 0.772 of the gentoos, 0.020 of the Adelies
#> from 5000 g: 0.545 of the gentoos, 0.000 of the Adelies

pairs = mass[y == 1][:, None] - mass[y == 0]
wins = (pairs > 0).double().mean() + (pairs == 0).double().mean() / 2
print(f"area {torch.trapezoid(true_rate, false_rate):.4f}, pairs in the right order {wins:.4f}")
#> area 0.9784, pairs in the right order 0.9784
