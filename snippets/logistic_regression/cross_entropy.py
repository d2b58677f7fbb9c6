import torch

from dlnotes.logistic_regression import binary_cross_entropy


def divergence(theta, q):
    return binary_cross_entropy(q, theta) - binary_cross_entropy(theta, theta)


theta, q = torch.tensor(0.3), torch.tensor(0.6)
entropy = binary_cross_entropy(theta, theta)
print(f"H(0.3) = {entropy:.4f}, H(0.3, 0.6) = {binary_cross_entropy(q, theta):.4f}")
#> H(0.3) = 0.6109, H(0.3, 0.6) = 0.7947
print(f"KL(0.3 || 0.6) = {divergence(theta, q):.4f}, KL(0.6 || 0.3) = {divergence(q, theta):.4f}")
#> KL(0.3 || 0.6) = 0.1838, KL(0.6 || 0.3) = 0.1920

near = theta + 0.01
by_curvature = (near - theta) ** 2 / (2 * theta * (1 - theta))
print(f"nearby: {divergence(theta, near):.3e}, by the curvature {by_curvature:.3e}")
#> nearby: 2.351e-04, by the curvature 2.381e-04
