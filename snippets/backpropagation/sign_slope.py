import torch

z = torch.tensor([-2.0, 0.5, 3.0], requires_grad=True)
for function in (torch.sign, torch.relu):
    (slope,) = torch.autograd.grad(function(z).sum(), z)
    print(function.__name__, slope.tolist())
#> sign [0.0, 0.0, 0.0]
#> relu [0.0, 1.0, 1.0]
