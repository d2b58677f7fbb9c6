import torch

z = torch.zeros(3, requires_grad=True)
for _ in range(50):
    (gradient,) = torch.autograd.grad(torch.log_softmax(z, dim=0)[0], z)  # y = (1, 0, 0), no minus
    z = (z - gradient).detach().requires_grad_()

print("probability of the right class after 50 steps:", torch.softmax(z, dim=0)[0].item() < 1e-30)
#> probability of the right class after 50 steps: True
