import torch

from dlnotes.linear_regression import lstsq, solve_normal_equations

t = 1e-7
X = torch.tensor([[1.0, 1.0], [t, 0.0], [0.0, t]], dtype=torch.float64)
y = X @ torch.tensor([1.0, 1.0], dtype=torch.float64)  # so the solution is (1, 1)

print(f"condition number of X {torch.linalg.cond(X):.2g}, squared {torch.linalg.cond(X) ** 2:.2g}")
#> condition number of X 1.4e+07, squared 2e+14
print("QR is off by less than 1e-8:              ", bool((lstsq(X, y) - 1).abs().max() < 1e-8))
#> QR is off by less than 1e-8:               True
print("normal equations are off by more than 1e-4:", bool((solve_normal_equations(X, y) - 1).abs().max() > 1e-4))
#> normal equations are off by more than 1e-4: True
