import torch
from torch.nn.functional import cross_entropy

from dlnotes.logistic_regression import binary_cross_entropy

a = torch.tensor([0.2, 0.5, 0.3])  # three species
y = torch.tensor([0.0, 1.0, 0.0])
print(f"cross entropy          {cross_entropy(a.log(), y):.4f}")
#> cross entropy          0.6931
print(f"sum of the binary ones {binary_cross_entropy(a, y, reduction='sum'):.4f}")
#> sum of the binary ones 1.2730
two = torch.tensor([0.3, 0.7])
one_sigmoid = binary_cross_entropy(two[1], torch.tensor(1.0))
print(f"two classes: {cross_entropy(two.log(), torch.tensor(1)):.4f} and {one_sigmoid:.4f}")
#> two classes: 0.3567 and 0.3567
