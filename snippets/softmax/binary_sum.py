import torch
from torch.nn import functional

a = torch.tensor([0.2, 0.5, 0.3])
y = torch.tensor([0.0, 1.0, 0.0])

print(f"cross entropy of 3 classes  {-(y * a.log()).sum():.4f}")
#> cross entropy of 3 classes  0.6931
binary = functional.binary_cross_entropy(a, y, reduction="sum")
print(f"sum of 3 binary ones        {binary:.4f}")
#> sum of 3 binary ones        1.2730
