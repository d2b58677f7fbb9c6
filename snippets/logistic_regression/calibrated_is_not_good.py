import torch

from dlnotes.logistic_regression import (
    binary_cross_entropy,
    expected_calibration_error,
    sigmoid,
)

torch.manual_seed(0)
z = 2 * torch.randn(50_000)
y = (torch.rand(len(z)) < sigmoid(z)).float()

base_rate = y.mean().expand_as(y)
for name, p in (("base rate", base_rate), ("overconfident", sigmoid(1.6 * z))):
    accuracy = ((p > 0.5) == (y > 0)).float().mean()
    error, loss = expected_calibration_error(p, y), binary_cross_entropy(p, y)
    print(f"{name}: ECE {error:.3f}, accuracy {accuracy:.3f}, loss {loss:.3f}")
#> base rate: ECE 0.000, accuracy 0.500, loss 0.693
#> overconfident: ECE 0.068, accuracy 0.777, loss 0.494
