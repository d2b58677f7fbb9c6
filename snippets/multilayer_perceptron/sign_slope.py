import torch

z = torch.tensor([-2.0, 0.5, 3.0], requires_grad=True)
for function in (torch.sign, torch.sigmoid, torch.relu):
    (slope,) = torch.autograd.grad(function(z).sum(), z)
    print(f"{function.__name__}: values {function(z).detach().numpy().round(2)}, slopes {slope.numpy().round(2)}")
#> sign: values [-1.  1.  1.], slopes [0. 0. 0.]
#> sigmoid: values [0.12 0.62 0.95], slopes [0.1  0.24 0.05]
#> relu: values [0.  0.5 3. ], slopes [0. 1. 1.]
