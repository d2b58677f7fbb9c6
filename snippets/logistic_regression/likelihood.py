import torch
from torch.distributions import Bernoulli

from dlnotes.logistic_regression import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    sigmoid,
)

z = torch.tensor([2.0, -1.0, 0.5], requires_grad=True)  # log-odds of three penguins
y = torch.tensor([1.0, 0.0, 0.0])
p = sigmoid(z)

print(f"minus mean log-likelihood {-Bernoulli(p).log_prob(y).mean():.4f}")
#> minus mean log-likelihood 0.4714
print(f"of the probabilities      {binary_cross_entropy(p, y):.4f}")
#> of the probabilities      0.4714
loss = binary_cross_entropy_with_logits(z, y)
print(f"of the log-odds           {loss:.4f}")
#> of the log-odds           0.4714
(gradient,) = torch.autograd.grad(loss, z)
print("gradient   ", gradient.numpy().round(4))
#> gradient    [-0.0397  0.0896  0.2075]
print("(p - y) / 3", ((p - y) / 3).detach().numpy().round(4))
#> (p - y) / 3 [-0.0397  0.0896  0.2075]
