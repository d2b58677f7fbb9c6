import torch

from dlnotes.logistic_regression import binary_cross_entropy


def H(theta, q):
    return binary_cross_entropy(torch.tensor(q), torch.tensor(theta)).item()


print(f"to itself:     H(0.3, 0.3) = {H(0.3, 0.3):.4f}")
#> to itself:     H(0.3, 0.3) = 0.6109
print(f"there, back:   H(0.3, 0.9) = {H(0.3, 0.9):.4f}, H(0.9, 0.3) = {H(0.9, 0.3):.4f}")
#> there, back:   H(0.3, 0.9) = 1.6434, H(0.9, 0.3) = 1.1192


def KL(theta, q):
    return H(theta, q) - H(theta, theta)


# the straight way is longer than the detour: no triangle inequality either
print(f"KL(0.3, 0.9) = {KL(0.3, 0.9):.4f} > {KL(0.3, 0.6) + KL(0.6, 0.9):.4f} = KL(0.3, 0.6) + KL(0.6, 0.9)")
#> KL(0.3, 0.9) = 1.0326 > 0.4950 = KL(0.3, 0.6) + KL(0.6, 0.9)
