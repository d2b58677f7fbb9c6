"""Two parameters with the value 1 and noise of size 1 and 0.01 as gradient: what
does the decay λ = 0.1 leave of them after 1000 steps?"""

import torch

from dlnotes.adam import Adam, AdamW

torch.manual_seed(0)
noise = torch.randn(1000, 2, 500, dtype=torch.float64) * torch.tensor([1.0, 0.01])[:, None]
for make in (Adam, AdamW):
    w = torch.ones(2, 500, dtype=torch.float64, requires_grad=True)
    optimizer = make([w], lr=1e-3, weight_decay=0.1)
    for gradient in noise:
        w.grad = gradient
        optimizer.step()
    print(make.__name__, [round(mean, 3) for mean in w.mean(1).tolist()])
#>
print("(1 - 0.001 * 0.1)^1000 =", round((1 - 1e-3 * 0.1) ** 1000, 3))
#>
