"""Three polynomials through twelve noisy points of a sine: the training and the
test error tell underfitting and overfitting apart."""

import torch

from dlnotes.regularization import polynomial_features, ridge

generator = torch.Generator().manual_seed(0)
x = torch.linspace(-1, 1, 12, dtype=torch.float64)
noise = torch.randn(12, generator=generator, dtype=torch.float64)
y = torch.sin(3 * x) + 0.2 * noise
new = torch.linspace(-1, 1, 500, dtype=torch.float64)
for degree, name in ((1, "underfits"), (4, "fits"), (11, "overfits")):
    w = ridge(polynomial_features(x, degree), y, 0.0)
    train = (polynomial_features(x, degree) @ w - y).square().mean()
    test = (polynomial_features(new, degree) @ w - torch.sin(3 * new)).square().mean()
    print(f"degree {degree:2d} {name:9s} train {train:.3f}, distance from the truth {test:.3f}")
#> degree  1 underfits train 0.330, distance from the truth 0.187
#> degree  4 fits      train 0.027, distance from the truth 0.017
#> degree 11 overfits  train 0.000, distance from the truth 0.247
