from math import log

import torch

from dlnotes.softmax import cross_entropy, softmax

K, share = 3, 0.1
z = torch.zeros(K, dtype=torch.float64, requires_grad=True)
label = torch.tensor(2)
for _ in range(2000):
    loss = cross_entropy(z, label, label_smoothing=share)
    (gradient,) = torch.autograd.grad(loss, z)
    z = (z - gradient).detach().requires_grad_()

print("probabilities", softmax(z, dim=0).detach().numpy().round(4))
#> probabilities [0.0333 0.0333 0.9333]
formula = log(1 + K * (1 - share) / share)
print(f"gap of scores {z[2] - z[0]:.4f}, formula {formula:.4f}")
#> gap of scores 3.3322, formula 3.3322
