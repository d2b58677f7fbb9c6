import torch

A = torch.tensor([[1.0, 2.0, 0.0], [0.0, 1.0, 3.0], [4.0, 0.0, 1.0]])
x = torch.tensor([0.5, -1.0, 2.0], requires_grad=True)
g = torch.tensor([1.0, -2.0, 0.5])  # gradient of the loss by y = A x

(gradient,) = torch.autograd.grad(g @ (A @ x), x)
print("autograd", gradient.tolist())
#> autograd [3.0, 0.0, -5.5]
print("J^T g   ", (A.mT @ g).tolist())
#> J^T g    [3.0, 0.0, -5.5]
print("J g     ", (A @ g).tolist())
#> J g      [-3.0, -0.5, 4.5]
