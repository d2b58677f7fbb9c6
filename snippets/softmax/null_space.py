import torch

from dlnotes.softmax import softmax, softmax_jacobian

z = torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64)
J, a = softmax_jacobian(z), softmax(z, dim=0)
v = torch.tensor([0.4, -1.0, 2.0], dtype=torch.float64)
variance = (a * (v - a @ v) ** 2).sum()

print("eigenvalues", torch.linalg.eigvalsh(J).abs().numpy().round(4))
#> eigenvalues [0.     0.1186 0.3709]
print("J 1 = 0:", bool((J.sum(dim=1).abs() < 1e-15).all()))
#> J 1 = 0: True
print(f"v'Jv = {v @ J @ v:.4f}, variance of v under a = {variance:.4f}")
#> v'Jv = 1.6617, variance of v under a = 1.6617
