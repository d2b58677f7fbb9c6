import torch

from dlnotes.softmax import cross_entropy, entropy, softmax

z = torch.tensor([1.0, 2.0, 3.0])
y = torch.tensor([0.1, 0.3, 0.6])  # a soft label
a = softmax(z, dim=0)
divergence = (y * (y / a).log()).sum()

print("H(y, a)     ", round(cross_entropy(z, y).item(), 4))
#> H(y, a)      0.9076
print("H(y) + KL   ", round((entropy(y, dim=0) + divergence).item(), 4))
#> H(y) + KL    0.9076
print("KL(y || a) = ", round(divergence.item(), 4), " KL(a || y) =", round((a * (a / y).log()).sum().item(), 4))
#> KL(y || a) =  0.0097  KL(a || y) = 0.0094
