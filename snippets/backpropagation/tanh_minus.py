import torch

z = torch.tensor([-1.0, 0.0, 1.0])
print(torch.exp(z) * torch.exp(-z) / (torch.exp(z) + torch.exp(-z)))  # the minus sign lost
#> tensor([0.3240, 0.5000, 0.3240])
print(1 / (2 * torch.cosh(z)))  # what it then is: even, largest at 0
#> tensor([0.3240, 0.5000, 0.3240])
print((torch.exp(z) - torch.exp(-z)) / (torch.exp(z) + torch.exp(-z)))  # tanh
#> tensor([-0.7616,  0.0000,  0.7616])
