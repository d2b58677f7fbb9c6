import torch

from dlnotes.softmax import softmax

z = torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64)
a = softmax(z, dim=0)

derived = torch.diag(a) - torch.outer(a, a)  # the formula
measured = torch.autograd.functional.jacobian(lambda z: torch.softmax(z, dim=0), z)  # autograd, knowing no formula

print(derived.numpy().round(4))
#> [[ 0.0819 -0.022  -0.0599]
#>  [-0.022   0.1848 -0.1628]
#>  [-0.0599 -0.1628  0.2227]]
print("agree to 1e-15:", bool((derived - measured).abs().max() < 1e-15))
#> agree to 1e-15: True
