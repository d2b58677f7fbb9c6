import torch

from dlnotes.softmax import cross_entropy, entropy, softmax

z = torch.tensor([1.0, 2.0, 3.0])
y = torch.tensor([0.1, 0.3, 0.6])  # a soft label
a = softmax(z, dim=0)
divergence = (y * (y / a).log()).sum()

print(f"H(y, a)     {cross_entropy(z, y):.4f}")
#> H(y, a)     0.9076
print(f"H(y) + KL   {entropy(y, dim=0) + divergence:.4f}")
#> H(y) + KL   0.9076
print(f"KL(y || a)  {divergence:.4f}")
#> KL(y || a)  0.0097
print(f"KL(a || y)  {(a * (a / y).log()).sum():.4f}")
#> KL(a || y)  0.0094
