import torch

from dlnotes.softmax import softmax

z = torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64)
a = softmax(z, dim=0)

formula = torch.diag(a) - torch.outer(a, a)
autograd = torch.func.jacrev(torch.nn.Softmax(dim=0))(z)

print(formula.numpy().round(4))
#> [[ 0.0819 -0.022  -0.0599]
#>  [-0.022   0.1848 -0.1628]
#>  [-0.0599 -0.1628  0.2227]]
print(torch.allclose(formula, autograd, rtol=0, atol=1e-15))
#> True
