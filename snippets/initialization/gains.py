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


def unit_gain(h):
    """1 / √E[h(z)²] for standard normal z."""
    return gaussian_mean(lambda z: h(z) ** 2, 1.0) ** -0.5


for name, h in functions.items():
    used = calculate_gain(name)
    v = variance_recursion(h, used**2, 1.0, 2000)[-1].item()
    factor = backward_factor(h, used**2, v)
    gains = f"{unit_gain(h):.3f}, torch {used:.3f}"
    print(f"{name}: {gains} → v {v:.3f}, back {factor:.3f}")
#> relu: 1.414, torch 1.414 → v 1.000, back 1.000
#> leaky_relu: 1.414, torch 1.414 → v 1.000, back 1.000
#> tanh: 1.593, torch 1.667 → v 1.178, back 1.210
#> sigmoid: 1.846, torch 1.000 → v 0.265, back 0.056
#> selu: 1.000, torch 0.750 → v 0.023, back 1.003
print(f"gelu: {unit_gain(gelu):.3f}")
#> gelu: 1.534
h = torch.tanh
v = variance_recursion(h, 25 / 9, 1.0, 200)[-1].item()
growth = backward_factor(h, 25 / 9, v) ** 50
print(f"tanh with 5/3: standard deviation of a {(v * 9 / 25) ** 0.5:.2f}")
#> tanh with 5/3: standard deviation of a 0.65
print(f"fifty layers back: mean square times {growth:.0f}")
#> fifty layers back: mean square times 13685
