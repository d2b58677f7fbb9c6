"""More parameters than samples: gradient descent from zero finds the shortest
of all exact solutions."""

import torch

from dlnotes import check

torch.manual_seed(0)
N, d = 10, 30
X, y = torch.randn(N, d, dtype=torch.float64), torch.randn(N, dtype=torch.float64)
eigenvalues = torch.linalg.eigvalsh(X.T @ X / N)
smallest, largest = eigenvalues[d - N], eigenvalues[-1]  # the others are 0
lr = 2 / (smallest + largest)

theta, errors = torch.zeros(d, dtype=torch.float64), []
shortest = torch.linalg.pinv(X) @ y
for _ in range(400):
    errors.append((theta - shortest).norm())
    theta = theta - lr * X.T @ (X @ theta - y) / N
print(f"distance to the shortest solution {errors[-1].item():.9f}")
#> distance to the shortest solution 0.000000000
kappa = (largest / smallest).item()
rate = (errors[40] / errors[20]).item() ** (1 / 20)
print(f"rate {rate:.4f}, formula {(kappa - 1) / (kappa + 1):.4f}")
#> rate 0.7631, formula 0.7632


def shortest_and_rate(X, y):
    """X Xᵀ / N has the positive eigenvalues of Xᵀ X / N, and no others."""
    eigenvalues = torch.linalg.eigvalsh(X @ X.T / len(X))
    kappa = eigenvalues[-1] / eigenvalues[0]
    return X.T @ torch.linalg.solve(X @ X.T, y), (kappa - 1) / (kappa + 1)


check("gradient_descent.3", shortest_and_rate)
#> gradient_descent.3: right. It agrees with the reference on all 20 inputs.
