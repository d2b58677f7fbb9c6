import torch

from dlnotes.data import PENGUIN_SPECIES, penguins
from dlnotes.logistic_regression import newton_logistic_regression

measurements, species = penguins()
chosen = species != PENGUIN_SPECIES.index("Chinstrap")
mass = measurements[chosen, 3] / 1000
y = (species[chosen] == PENGUIN_SPECIES.index("Gentoo")).double()


def thresholds(mass, y):
    """Where least squares predicts 1/2, and where logistic regression does, in kg."""
    X = torch.stack([torch.ones_like(mass), mass], dim=1)
    least_squares = torch.linalg.lstsq(X, y.unsqueeze(1)).solution.squeeze(1)
    logistic = newton_logistic_regression(X, y)
    return (0.5 - least_squares[0]) / least_squares[1], -logistic[0] / logistic[1]


def report(name, mass, y, penguins=slice(274)):
    for method, t in zip(("least squares", "logistic     "), thresholds(mass, y), strict=True):
        wrong = ((mass > t) != (y > 0))[penguins].sum()
        print(f"{name} {method} threshold {t:.3f} kg, {wrong} penguins wrong")


report("penguins only   ", mass, y)
#> penguins only    least squares threshold 4.423 kg, 25 penguins wrong
#> penguins only    logistic      threshold 4.412 kg, 25 penguins wrong
heavy = torch.full((20,), 30.0, dtype=torch.float64)  # label 1, far on the right side
report("with 20 at 30 kg", torch.cat([mass, heavy]), torch.cat([y, torch.ones(20)]))
#> with 20 at 30 kg least squares threshold 6.541 kg, 123 penguins wrong
#> with 20 at 30 kg logistic      threshold 4.412 kg, 25 penguins wrong
