import torch

from dlnotes.logistic_regression import (
    calibration_curve,
    expected_calibration_error,
    sigmoid,
)

torch.manual_seed(0)
z = 2 * torch.randn(50_000)
y = (torch.rand(len(z)) < sigmoid(z)).float()  # sigmoid(z) is the true probability

for name, logits in (("honest", z), ("twice as sure", 2 * z)):
    p = sigmoid(logits)
    predicted, happened, _ = calibration_curve(p, y, bins=5)
    print(f"{name}: predicted {predicted.numpy().round(2)}")
    error = expected_calibration_error(p, y, bins=5)
    print(f"{name}: happened  {happened.numpy().round(2)}, ECE {error:.3f}")
#> honest: predicted [0.09 0.3  0.5  0.7  0.91]
#> honest: happened  [0.1  0.3  0.5  0.7  0.91], ECE 0.002
#> twice as sure: predicted [0.05 0.3  0.5  0.71 0.95]
#> twice as sure: happened  [0.15 0.4  0.5  0.6  0.85], ECE 0.092
