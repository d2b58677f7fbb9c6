import torch

from dlnotes.linear_regression import pinv

torch.manual_seed(0)
X, y = torch.randn(10, 30, dtype=torch.float64), torch.randn(10, dtype=torch.float64)  # more weights than samples
start = torch.randn(30, dtype=torch.float64)
shortest = pinv(X) @ y

for name, w in (("zero  ", torch.zeros(30, dtype=torch.float64)), ("random", start)):
    for _ in range(5000):
        w = w - 0.1 * 2 / len(y) * X.T @ (X @ w - y)
    expected = shortest + (torch.eye(30, dtype=torch.float64) - pinv(X) @ X) @ (
        start if name == "random" else 0 * start
    )
    print(f"from {name} loss below 1e-20: {bool((X @ w - y).square().mean() < 1e-20)}, length {w.norm():.3f},", end=" ")
    print("as predicted:", torch.allclose(w, expected))
    #> from zero   loss below 1e-20: True, length 0.890, as predicted: True
    #> from random loss below 1e-20: True, length 5.197, as predicted: True
print(f"shortest solution           length {shortest.norm():.3f}")
#> shortest solution           length 0.890
