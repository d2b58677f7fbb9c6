"""ReLU keeps half of the mean square of anything symmetric; of the variance it
keeps another share."""

import torch

torch.manual_seed(0)
count = 2_000_000
laws = {
    "normal": torch.randn(count),
    "uniform": 2 * torch.rand(count) - 1,
    "sum of both, cubed": (torch.randn(count) + torch.rand(count) - 0.5) ** 3,
    "not symmetric": torch.randn(count) + 1,
}
for name, z in laws.items():
    a, z = torch.relu(z).double(), z.double()
    kept = a.square().mean() / z.square().mean()
    print(f"{name}: {kept:.2f} of E[z²], {a.var() / z.var():.2f} of Var z")
#> normal: 0.50 of E[z²], 0.34 of Var z
#> uniform: 0.50 of E[z²], 0.31 of Var z
#> sum of both, cubed: 0.50 of E[z²], 0.46 of Var z
#> not symmetric: 0.96 of E[z²], 0.75 of Var z
