import torch

layer = torch.nn.Linear(1000 * 1000 * 3, 1000, device="meta")  # shapes only, no memory
parameters = sum(p.numel() for p in layer.parameters())
print(f"{parameters:,} parameters, {4 * parameters / 1e9:.0f} GB in float32")
#> 3,000,001,000 parameters, 12 GB in float32
