"""Adam on |w| with a constant learning rate: largest |w| over the last 1000 of
20,000 steps, over η."""

import torch

from dlnotes.adam import Adam

for beta1, beta2 in ((0.0, 0.999), (0.9, 0.999)):
    for lr in (0.01, 0.001):
        w = torch.full((1,), 0.3217, dtype=torch.float64, requires_grad=True)
        optimizer = Adam([w], lr=lr, betas=(beta1, beta2))
        last = []
        for t in range(20_000):
            w.grad = w.detach().sign()
            optimizer.step()
            if t >= 19_000:
                last.append(abs(w.item()) / lr)
        print(f"β₁ = {beta1}, η = {lr}: {max(last):.2f}")
#>
