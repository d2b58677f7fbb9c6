import torch

from dlnotes.data import penguins
from dlnotes.linear_regression import lstsq, one_hot, pinv

measurements, species = penguins()
y = measurements[:, 3]
ones = torch.ones(len(y), 1, dtype=y.dtype)
X = torch.cat([ones, one_hot(species).double()], dim=1)  # intercept and an indicator for every species

print("columns", X.shape[1], "rank", torch.linalg.matrix_rank(X).item())
#>
try:
    lstsq(X, y)
except ValueError as error:
    print("lstsq:", error)
    #>
shortest = pinv(X) @ y
other = shortest + 1000 * torch.tensor([1.0, -1.0, -1.0, -1.0], dtype=y.dtype)
print("shortest solution", shortest.numpy().round(1), "length", round(shortest.norm().item()))
#>
print("another solution ", other.numpy().round(1), "length", round(other.norm().item()))
#>
print("same predictions:", torch.allclose(X @ shortest, X @ other))
#>
