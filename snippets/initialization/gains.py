"""Gains: from E[h(z)²] = 1/g², torch's, and what torch's do in a deep network:
variance of z in the long run, factor of the gradient's mean square a layer."""

import torch
from torch.nn.functional import gelu, leaky_relu, selu

from dlnotes.initialization import (
    backward_factor,
    calculate_gain,
    gaussian_mean,
    variance_recursion,
)

functions = {
    "relu": torch.relu,
    "leaky_relu": leaky_relu,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "selu": selu,
}
for name, h in functions.items():
    gain = gaussian_mean(lambda z: h(z) ** 2, 1.0) ** -0.5
    used = calculate_gain(name)
    v = variance_recursion(h, used**2, 1.0, 2000)[-1].item()
    factor = backward_factor(h, used**2, v)
    print(f"{name}: {gain:.3f}, torch {used:.3f} → v {v:.3f}, back {factor:.3f}")
#>
print(f"gelu: {gaussian_mean(lambda z: gelu(z) ** 2, 1.0) ** -0.5:.3f}")
#>
h = torch.tanh
v = variance_recursion(h, 25 / 9, 1.0, 200)[-1].item()
growth = backward_factor(h, 25 / 9, v) ** 50
print(f"tanh with 5/3: standard deviation of a {(v * 9 / 25) ** 0.5:.2f}")
#>
print(f"fifty layers back: mean square times {growth:.0f}")
#>
