"""Longest step of torch's Adam over η, for three sequences of gradients."""

import torch

from dlnotes import check
from dlnotes.adam import worst_step

torch.manual_seed(0)
quiet = torch.zeros(7000, dtype=torch.float64)
sequences = {
    "random": torch.randn(1000, dtype=torch.float64),
    "one after zeros": torch.cat([quiet, torch.ones(1)]),
    "growing by 11 % a step": torch.cat([quiet, 1e-130 * (0.999 / 0.9) ** torch.arange(2500).double()]),
}
for name, gradients in sequences.items():
    w = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.Adam([w], lr=1.0, eps=1e-300)
    longest = 0.0
    for g in gradients:
        before = w.item()
        w.grad = g.view(1)
        optimizer.step()
        longest = max(longest, abs(w.item() - before))
    print(f"{name}: {longest:.2f}")
#> random: 1.00
#> one after zeros: 3.16
#> growing by 11 % a step: 7.27
print(f"bound: {worst_step(0.9, 0.999):.2f}")
#> bound: 7.27


def worst_gradients(beta1, beta2, t):
    return (beta1 / beta2) ** torch.arange(t - 1, -1, -1)


check("adam.1", worst_gradients)
#> adam.1: right. It agrees with the reference on all 20 inputs.
