"""First step over η for ε = 1e-8 in four places, and gradients of four
sizes."""

import torch

beta2, eps = 0.999, 1e-8
g = torch.tensor([1e-3, 1e-5, 1e-7, 1e-9], dtype=torch.float64)
v_hat, v = g**2, (1 - beta2) * g**2
correction = (1 - beta2) ** 0.5
steps = {
    "beside the corrected root": g / (v_hat.sqrt() + eps),
    "beside the plain root": correction * g / (v.sqrt() + eps),
    "under the corrected root": g / (v_hat + eps).sqrt(),
    "under the plain root": correction * g / (v + eps).sqrt(),
}
for place, step in steps.items():
    print(f"{place:26}", [f"{s:.5f}" for s in step.tolist()])
#> beside the corrected root  ['0.99999', '0.99900', '0.90909', '0.09091']
#> beside the plain root      ['0.99968', '0.96935', '0.24025', '0.00315']
#> under the corrected root   ['0.99504', '0.09950', '0.00100', '0.00001']
#> under the plain root       ['0.30151', '0.00316', '0.00003', '0.00000']
w = torch.zeros(4, dtype=torch.float64, requires_grad=True)
w.grad = g
torch.optim.Adam([w], lr=1.0).step()
print(f"{'torch':26}", [f"{-s:.5f}" for s in w.tolist()])
#> torch                      ['0.99999', '0.99900', '0.90909', '0.09091']
