"""All 2^d subnetworks of a softmax layer with dropout on its inputs: their
normalised geometric mean is the layer without dropout; their mean isn't."""

from itertools import product

import torch

generator = torch.Generator().manual_seed(0)
W = torch.randn(3, 5, generator=generator, dtype=torch.float64)
x = torch.randn(5, generator=generator, dtype=torch.float64)
masks = torch.tensor(list(product((0.0, 1.0), repeat=5)), dtype=torch.float64)
subnets = torch.softmax(2 * masks * x @ W.T, dim=1)  # p = 0.5: all masks are equally likely

scaled = torch.softmax(W @ x, dim=0)
geometric = subnets.log().mean(0).softmax(0)
print("scaled   ", [round(value, 4) for value in scaled.tolist()])
#> scaled    [0.3105, 0.5073, 0.1822]
print("geometric", [round(value, 4) for value in geometric.tolist()])
#> geometric [0.3105, 0.5073, 0.1822]
print("mean     ", [round(value, 4) for value in subnets.mean(0).tolist()])
#> mean      [0.3103, 0.4919, 0.1979]
