from torch.distributions import Normal

from dlnotes.data import PENGUIN_SPECIES, penguins
from dlnotes.logistic_regression import gaussian_mle

measurements, species = penguins()
mass = measurements[:, 3] / 1000
adelie, gentoo = (mass[species == PENGUIN_SPECIES.index(name)] for name in ("Adelie", "Gentoo"))

(mean_0, variance_0), (mean_1, variance_1) = gaussian_mle(adelie), gaussian_mle(gentoo)
deviation = ((variance_0 + variance_1) / 2).sqrt()
distance = (mean_1 - mean_0) / deviation
threshold = (mean_0 + mean_1) / 2
print(f"threshold {threshold:.3f} kg, distance {distance:.3f} standard deviations")
#> threshold 4.388 kg, distance 2.865 standard deviations
print(f"Bayes error of the two Gaussians {Normal(0, 1).cdf(-distance / 2):.4f}")
#> Bayes error of the two Gaussians 0.0760
error = ((adelie > threshold).double().mean() + (gentoo <= threshold).double().mean()) / 2
print(f"share of the penguins that it gets wrong {error:.4f}")
#> share of the penguins that it gets wrong 0.0870
