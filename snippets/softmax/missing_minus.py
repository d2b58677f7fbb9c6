import torch

z = torch.zeros(3, requires_grad=True)
for _ in range(50):
    loss = torch.log_softmax(z, dim=0)[0]  # y = (1, 0, 0), no minus
    (gradient,) = torch.autograd.grad(loss, z)
    z = (z - gradient).detach().requires_grad_()

right = torch.softmax(z, dim=0)[0].item()
print("right class less probable than 1e-30:", right < 1e-30)
#> right class less probable than 1e-30: True
