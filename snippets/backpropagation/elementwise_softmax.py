import torch

z = torch.tensor([1.0, 0.0, -0.5, 0.7], dtype=torch.float64, requires_grad=True)
y = torch.tensor([0.0, 1.0, 0.0, 0.0], dtype=torch.float64)
a = torch.softmax(z, dim=0)
(gradient,) = torch.autograd.grad(-(y @ a.log()), z)
a = a.detach()

print("autograd        ", gradient.round(decimals=4).tolist())
#> autograd         [0.4288, -0.8422, 0.0957, 0.3177]
print("a - y           ", (a - y).round(decimals=4).tolist())
#> a - y            [0.4288, -0.8422, 0.0957, 0.3177]
print("elementwise rule", ((-y / a) * a * (1 - a)).round(decimals=4).tolist())
#> elementwise rule [-0.0, -0.8422, -0.0, -0.0]
