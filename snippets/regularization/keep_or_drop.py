"""The paper's p = 0.8, copied into PyTorch, drops four fifths of the units."""

import torch

torch.manual_seed(0)
ones = torch.ones(1_000_000)
for p in (0.8, 0.2):
    kept = (torch.nn.Dropout(p)(ones) != 0).float().mean()
    print(f"nn.Dropout({p}) keeps {kept:.2f}")
#> nn.Dropout(0.8) keeps 0.20
#> nn.Dropout(0.2) keeps 0.80
