import math

import torch

from dlnotes.autoencoder import entangle

factors = torch.rand(50_000, 2, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
c = math.cos(math.pi / 4)
mixed = entangle(factors, torch.tensor([[c, -c], [c, c]], dtype=torch.float64))


def describe(name, u):
    corners = [((u[:, 0] < 0.5) == i) & ((u[:, 1] < 0.5) == j) for i in (0, 1) for j in (0, 1)]
    shares = " ".join(f"{corner.double().mean():.2f}" for corner in corners)
    with_factor = torch.corrcoef(torch.stack([factors[:, 0], u[:, 0], u[:, 1]]))[0, 1:].tolist()
    print(f"{name}: quarters {shares}; correlation with the first factor {with_factor[0]:.2f}, {with_factor[1]:.2f}")


describe("factors", factors)
#> factors: quarters 0.25 0.25 0.25 0.25; correlation with the first factor 1.00, 0.00
describe("mixed  ", mixed)
#> mixed  : quarters 0.25 0.25 0.25 0.25; correlation with the first factor 0.69, 0.69
