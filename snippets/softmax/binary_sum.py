import torch
from torch.nn import functional

a = torch.tensor([0.2, 0.5, 0.3])
y = torch.tensor([0.0, 1.0, 0.0])

print("cross entropy of 3 classes", round(-(y * a.log()).sum().item(), 4))
#> cross entropy of 3 classes 0.6931
print("sum of 3 binary ones      ", round(functional.binary_cross_entropy(a, y, reduction="sum").item(), 4))
#> sum of 3 binary ones       1.273
