import torch
from torch.distributions import Normal

prior = torch.tensor([0.7, 0.3])
x = torch.tensor(0.5)
joint = prior * Normal(torch.tensor([0.0, 2.0]), 1.0).log_prob(x).exp()

print("p(x, C)", joint.numpy().round(4), "sum", round(joint.sum().item(), 4))
#>
print("p(C | x)", (joint / joint.sum()).numpy().round(4))
#>
