"""What weight decay leaves of the value 1 after 1000 steps, where the
gradient is noise of size 1 and where it is noise of size 0.01."""

import torch

from dlnotes.adam import Adam, AdamW

torch.manual_seed(0)
sizes = torch.tensor([1.0, 0.01]).view(2, 1)
noise = sizes * torch.randn(1000, 2, 500, dtype=torch.float64)
for make, decay in ((Adam, 1e-3), (AdamW, 0.1)):
    w = torch.ones(2, 500, dtype=torch.float64, requires_grad=True)
    optimizer = make([w], lr=1e-3, weight_decay=decay)
    for gradient in noise:
        w.grad = gradient
        optimizer.step()
    print(make.__name__, [round(mean, 3) for mean in w.mean(1).tolist()])
#> Adam [1.0, 0.905]
#> AdamW [0.906, 0.904]
