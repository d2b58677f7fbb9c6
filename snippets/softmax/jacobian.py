import torch

from dlnotes.softmax import softmax

z = torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64)
a = softmax(z, dim=0)

formula = torch.diag(a) - torch.outer(a, a)
autograd = torch.func.jacrev(lambda z: torch.softmax(z, dim=0))(z)

print(formula.numpy().round(4))
#> [[ 0.0819 -0.022  -0.0599]
#>  [-0.022   0.1848 -0.1628]
#>  [-0.0599 -0.1628  0.2227]]
print("agree to 1e-15:", bool((formula - autograd).abs().max() < 1e-15))
#> agree to 1e-15: True
