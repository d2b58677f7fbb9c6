"""Longest step of torch's Adam over η, for three sequences of gradients."""

import torch

from dlnotes.adam import worst_step

torch.manual_seed(0)
steps = 3000
sequences = {
    "random": torch.randn(steps, dtype=torch.float64),
    "zero, then one": torch.cat([torch.zeros(steps - 1), torch.ones(1)]).double(),
    "11 % more each step": 1e-140 * (0.999 / 0.9) ** torch.arange(steps).double(),
}
for name, gradients in sequences.items():
    w = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.Adam([w], lr=1.0, eps=0.0)
    longest = 0.0
    for g in gradients:
        before = w.item()
        w.grad = g.view(1)
        if g != 0:  # 0 / 0 with ε = 0: the averages of zeros are set below
            optimizer.step()
        longest = max(longest, abs(w.item() - before))
    print(f"{name}: {longest:.3f}")
#>
print(f"bound: {worst_step(0.9, 0.999):.3f}")
#>
