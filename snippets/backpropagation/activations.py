import torch

z = torch.linspace(-30, 30, 60001, dtype=torch.float64, requires_grad=True)
for function in (torch.sigmoid, torch.tanh, torch.relu):
    a = function(z)
    (slope,) = torch.autograd.grad(a.sum(), z)
    print(f"{function.__name__}: values {a.min():.4f} to {a.max():.4f}, largest slope {slope.max():.4f}")
#> sigmoid: values 0.0000 to 1.0000, largest slope 0.2500
#> tanh: values -1.0000 to 1.0000, largest slope 1.0000
#> relu: values 0.0000 to 30.0000, largest slope 1.0000
