import torch
from torch.distributions import MultivariateNormal

torch.manual_seed(0)
K, D = 3, 2
prior = torch.tensor([0.5, 0.3, 0.2], dtype=torch.float64)
mean = torch.randn(K, D, dtype=torch.float64)
covariance = torch.tensor([[1.0, 0.6], [0.6, 2.0]], dtype=torch.float64)
x = torch.randn(100, 1, D, dtype=torch.float64)

# Bayes' rule, from the densities
joint = prior * MultivariateNormal(mean, covariance).log_prob(x).exp()
posterior = joint / joint.sum(dim=1, keepdim=True)

# a linear score per class, then softmax
precision = torch.linalg.inv(covariance)
W = mean @ precision
b = prior.log() - 0.5 * (mean @ precision * mean).sum(dim=1)
a = torch.softmax(x.squeeze(1) @ W.T + b, dim=1)

same = torch.allclose(a, posterior, rtol=0, atol=1e-14)
print("same posterior at 100 points:", same)
#> same posterior at 100 points: True
