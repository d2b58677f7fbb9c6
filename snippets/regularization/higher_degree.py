"""A line and a parabola through eight points of a straight line with noise: who
is nearer to the training data, who to new data? 2000 draws."""

import torch

from dlnotes.regularization import polynomial_features, ridge

generator = torch.Generator().manual_seed(0)
never_worse, worse_on_test = 0, 0
for _ in range(2000):
    x, noise = torch.randn(2, 508, generator=generator, dtype=torch.float64)
    y = 2 * x + noise
    train, test = [], []
    for degree in (1, 2):
        features = polynomial_features(x, degree)
        squares = (features @ ridge(features[:8], y[:8], 0.0) - y).square()
        train.append(squares[:8].mean())
        test.append(squares[8:].mean())
    never_worse += (train[1] <= train[0] + 1e-12).item()
    worse_on_test += (test[1] > test[0]).item()
print(f"parabola not worse in training: {never_worse / 20:.1f} %")
#> parabola not worse in training: 100.0 %
print(f"parabola worse on test data: {worse_on_test / 20:.1f} %")
#> parabola worse on test data: 86.5 %
