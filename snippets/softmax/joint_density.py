import torch
from torch.distributions import Normal

prior = torch.tensor([0.7, 0.3])
x = torch.tensor(0.5)
joint = prior * Normal(torch.tensor([0.0, 2.0]), 1.0).log_prob(x).exp()

print("p(x, C)  ", joint.numpy().round(4), f"sum {joint.sum():.4f}")
#> p(x, C)   [0.2464 0.0389] sum 0.2853
print("p(C | x) ", (joint / joint.sum()).numpy().round(4))
#> p(C | x)  [0.8638 0.1362]
