import torch

theta = torch.tensor(0.7, dtype=torch.float64, requires_grad=True)
states = torch.tensor([-1.0, 0.0, 0.5, 2.0], dtype=torch.float64)
energy = theta * states**2 - states
(slope,) = torch.autograd.grad(torch.logsumexp(-energy, 0), theta)
p = (-energy).softmax(0)

print(f"d log Z / d theta = {slope:.4f}, minus the mean of dE / d theta = {-(p * states**2).sum():.4f}")
#> d log Z / d theta = -0.7712, minus the mean of dE / d theta = -0.7712
