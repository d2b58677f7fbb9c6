import torch

from dlnotes import check
from dlnotes.logistic_regression import binary_cross_entropy

line = torch.linspace(0.005, 0.995, 199, dtype=torch.float64)
theta, q = torch.meshgrid(line, line, indexing="ij")
entropy = binary_cross_entropy(theta, theta, reduction="none")
divergence = binary_cross_entropy(q, theta, reduction="none") - entropy
ratio = divergence / (theta - q) ** 2
print(f"smallest ratio {ratio[theta != q].min():.4f}")
#> smallest ratio 2.0000
check("logistic_regression.1", "(q - theta) * (1 / (q * (1 - q)) - 4)")
#> logistic_regression.1: right. It agrees with the reference on all 20 inputs.
