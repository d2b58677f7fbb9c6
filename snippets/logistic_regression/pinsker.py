import torch

from dlnotes.logistic_regression import binary_cross_entropy

line = torch.linspace(0.005, 0.995, 199, dtype=torch.float64)
theta, q = torch.meshgrid(line, line, indexing="ij")
entropy = binary_cross_entropy(theta, theta, reduction="none")
divergence = binary_cross_entropy(q, theta, reduction="none") - entropy
ratio = divergence / (theta - q) ** 2
print(f"smallest ratio {ratio[theta != q].min():.4f}")
#> smallest ratio 2.0000
