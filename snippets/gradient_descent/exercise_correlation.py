"""Two standardised measurements of the penguins: the condition number by their
correlation."""

from dlnotes import check
from dlnotes.data import penguins
from dlnotes.gradient_descent import condition_number, standardize

measurements, _ = penguins()
for name, columns in (("flipper and mass", [2, 3]), ("bill length and depth", [0, 1])):
    X = standardize(measurements[:, columns]).features
    rho = (X[:, 0] * X[:, 1]).mean().abs().item()
    kappa = condition_number(X.T @ X / len(X)).item()
    formula = (1 + rho) / (1 - rho)
    print(f"{name}: |ρ| = {rho:.3f}, κ = {kappa:.3f}, formula {formula:.3f}")
#> flipper and mass: |ρ| = 0.871, κ = 14.528, formula 14.528
#> bill length and depth: |ρ| = 0.235, κ = 1.615, formula 1.615
check("gradient_descent.2", "(1 + abs(rho)) / (1 - abs(rho))")
#> gradient_descent.2: right. It agrees with the reference on all 20 inputs.
