import torch

from dlnotes import check
from dlnotes.linear_regression import pinv

torch.manual_seed(0)
X, y = torch.randn(10, 30, dtype=torch.float64), torch.randn(10, dtype=torch.float64)  # more weights than samples
start = torch.randn(30, dtype=torch.float64)


def limit(X, y, w0):
    return pinv(X) @ y + w0 - pinv(X) @ X @ w0


for name, w0 in (("zero  ", 0 * start), ("random", start)):
    w = w0
    for _ in range(5000):
        w = w - 0.1 * 2 / len(y) * X.T @ (X @ w - y)
    print(f"from {name} loss below 1e-20: {bool((X @ w - y).square().mean() < 1e-20)}, length {w.norm():.3f},", end=" ")
    print("as predicted:", torch.allclose(w, limit(X, y, w0)))
    #> from zero   loss below 1e-20: True, length 0.890, as predicted: True
    #> from random loss below 1e-20: True, length 5.197, as predicted: True
print(f"shortest solution           length {(pinv(X) @ y).norm():.3f}")
#> shortest solution           length 0.890
check("linear_regression.7", limit)
#> linear_regression.7: right. It agrees with the reference on all 20 inputs.
