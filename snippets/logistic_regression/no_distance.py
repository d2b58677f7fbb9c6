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


# the straight way is longer than the detour over 0.9: no triangle inequality either
for name, D in (("H", H), ("KL", KL)):
    detour = D(0.5, 0.9) + D(0.9, 0.999)
    print(f"{name}(0.5, 0.999) = {D(0.5, 0.999):.3f}, by way of 0.9: {detour:.3f}")
#> H(0.5, 0.999) = 3.454, by way of 0.9: 1.896
#> KL(0.5, 0.999) = 2.761, by way of 0.9: 0.877
