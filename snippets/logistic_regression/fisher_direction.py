import torch

from dlnotes.data import PENGUIN_SPECIES, penguins
from dlnotes.logistic_regression import linear_discriminant_analysis

measurements, species = penguins()
chosen = species != PENGUIN_SPECIES.index("Chinstrap")
x, y = measurements[chosen], (species[chosen] == PENGUIN_SPECIES.index("Gentoo")).double()

discriminant, _ = linear_discriminant_analysis(x, y)
centred = x - x.mean(0)
least_squares = torch.linalg.lstsq(centred, (y - y.mean()).unsqueeze(1)).solution.squeeze(1)
print("ratios of the weights:", (discriminant / least_squares).numpy().round(4))
#> ratios of the weights: [72.2054 72.2054 72.2054 72.2054]
