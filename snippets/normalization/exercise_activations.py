import math

import torch
from torch.nn import functional as F

from dlnotes import check

u = torch.linspace(-12, 12, 48_000, dtype=torch.float64).requires_grad_()
density = torch.exp(-(u.detach() ** 2) / 2) / math.sqrt(2 * math.pi)


def mean(values):
    return torch.trapezoid(values * density, u.detach())


activations = {
    "relu": F.relu,
    "leaky": lambda u: F.leaky_relu(u, 0.2),
    "tanh": torch.tanh,
    "identity": lambda u: 1.0 * u,
}
for name, phi in activations.items():
    values = phi(u)
    (slope,) = torch.autograd.grad(values.sum(), u)
    values = values.detach()
    growth = mean(slope**2) / (mean(values**2) - mean(values) ** 2)
    print(f"{name:9} growth of the gradient's length a layer {growth.sqrt():.4f}")
#> relu      growth of the gradient's length a layer 1.2112
#> leaky     growth of the gradient's length a layer 1.1152
#> tanh      growth of the gradient's length a layer 1.0853
#> identity  growth of the gradient's length a layer 1.0000
a = 0.2
formula = (1 + a**2) / 2 / ((1 + a**2) / 2 - (1 - a) ** 2 / (2 * math.pi))
print(f"leaky, by the formula {math.sqrt(formula):.4f}")
#> leaky, by the formula 1.1152


def growth_of_leaky(a):
    square = (1 + a**2) / 2
    return math.sqrt(square / (square - (1 - a) ** 2 / (2 * math.pi)))


check("normalization.7", growth_of_leaky)
#> normalization.7: right. It agrees with the reference on all 20 inputs.
