import torch

from dlnotes.data import penguins
from dlnotes.linear_regression import lstsq, one_hot, pinv

measurements, species = penguins()
y = measurements[:, 3]
ones = torch.ones(len(y), 1, dtype=y.dtype)
X = torch.cat([ones, one_hot(species).double()], dim=1)  # intercept and an indicator for every species

print("columns", X.shape[1], "rank", torch.linalg.matrix_rank(X).item())
#> columns 4 rank 3
try:
    lstsq(X, y)
except ValueError as error:
    print("lstsq:", str(error).partition(";")[0])
    #> lstsq: the columns of A depend on each other, to rounding
shortest = pinv(X) @ y
other = shortest + 1000 * torch.tensor([1.0, -1.0, -1.0, -1.0], dtype=y.dtype)
print("shortest solution", shortest.numpy().round(1), "length", round(shortest.norm().item()))
#> shortest solution [3127.4  573.2  605.6 1948.6] length 3778
print("another solution ", other.numpy().round(1), "length", round(other.norm().item()))
#> another solution  [4127.4 -426.8 -394.4  948.6] length 4275
print("same predictions:", torch.allclose(X @ shortest, X @ other))
#> same predictions: True
