"""The log density of three points, carried along the probability flow to the wide end and evaluated there."""

from itertools import pairwise

import torch

from dlnotes import check
from dlnotes.diffusion_physics import Mixture, probability_flow

data = Mixture(*torch.tensor([[0.35, 0.65], [-1.5, 1.0], [0.04, 0.09]], dtype=torch.float64))
x = torch.tensor([-1.5, 0.0, 1.2], dtype=torch.float64)
exact = data.log_density(x)
gathered = torch.zeros_like(x)
times = (2 * torch.linspace(0, 1, 4001, dtype=torch.float64) ** 2).tolist()
for t, later in pairwise(times):
    x = x.detach().requires_grad_()
    velocity = probability_flow(-x, data.after(t, 1.0, 1.0).score(x), 1.0, 1.0)
    (spreading,) = torch.autograd.grad(velocity.sum(), x)
    gathered = gathered + (later - t) * spreading
    x = x + (later - t) * velocity
found = data.after(2.0, 1.0, 1.0).log_density(x.detach()) + gathered
print("exact", [f"{value:.2f}" for value in exact.tolist()])
#> exact ['-0.36', '-5.70', '-0.37']
print("found", [f"{value:.2f}" for value in found.tolist()])
#> found ['-0.36', '-5.71', '-0.37']
check("diffusion_physics.6", "log((v + 2 * t) / v) / 2")
#> diffusion_physics.6: right. It agrees with the reference on all 20 inputs.
