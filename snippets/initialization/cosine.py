"""The angle between two inputs after one wide ReLU layer, and after fifty."""

import math

import torch

from dlnotes.initialization import relu_cosine

torch.manual_seed(0)
n = 200_000
for c in (-0.5, 0.0, 0.9):
    u, v = torch.randn(2, n, dtype=torch.float64)
    first = torch.relu(u)  # z of two inputs with the cosine c
    second = torch.relu(c * u + (1 - c * c) ** 0.5 * v)
    measured = torch.cosine_similarity(first, second, dim=0)
    formula = relu_cosine(torch.tensor(c))
    print(f"c = {c}: {measured:.2f}, formula {formula:.2f}")
#> c = -0.5: 0.11, formula 0.11
#> c = 0.0: 0.32, formula 0.32
#> c = 0.9: 0.91, formula 0.91
c = torch.tensor(0.0, dtype=torch.float64)
for layer in range(1, 51):
    c = relu_cosine(c)
    if layer in (1, 10, 50):
        angle = math.degrees(math.acos(c))
        print(f"orthogonal inputs, layer {layer}: {angle:.1f}°")
#> orthogonal inputs, layer 1: 71.4°
#> orthogonal inputs, layer 10: 29.4°
#> orthogonal inputs, layer 50: 8.9°
