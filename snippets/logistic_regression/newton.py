import torch

from dlnotes.data import PENGUIN_SPECIES, penguins
from dlnotes.logistic_regression import (
    logistic_regression_gradient,
    logistic_regression_hessian,
    newton_logistic_regression,
    sigmoid,
)

measurements, species = penguins()
chosen = species != PENGUIN_SPECIES.index("Chinstrap")
mass, length = measurements[chosen, 3] / 1000, measurements[chosen, 0]
X = torch.stack([torch.ones_like(mass), mass, length], dim=1)
y = (species[chosen] == PENGUIN_SPECIES.index("Gentoo")).double()

w = torch.zeros(3, dtype=torch.float64)
for step in range(10):
    gradient = logistic_regression_gradient(X, y, w)
    if step % 4 == 0:
        print(f"step {step}: largest entry of the gradient {gradient.abs().max():.1e}")
    w = w - torch.linalg.solve(logistic_regression_hessian(X, w), gradient)
#> step 0: largest entry of the gradient 1.2e-01
#> step 4: largest entry of the gradient 1.6e-02
#> step 8: largest entry of the gradient 3.2e-08

print("same as the module's:", torch.allclose(w, newton_logistic_regression(X, y), atol=1e-4))
#> same as the module's: True
error = torch.linalg.inv(len(y) * logistic_regression_hessian(X, w)).diagonal().sqrt()
for name, weight, deviation in zip(("bias", "per kg", "per mm"), w, error, strict=True):
    print(f"{name}: {weight:.2f} +- {deviation:.2f}")
#> bias: -58.07 +- 10.22
#> per kg: 4.36 +- 1.25
#> per mm: 0.90 +- 0.19
p = sigmoid(X @ w)
print(f"sum of the probabilities {p.sum():.3f}, gentoos {y.sum():.0f}")
#> sum of the probabilities 123.000, gentoos 123
