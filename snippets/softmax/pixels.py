import torch

pixels, classes = 1000 * 1000 * 3, 1000
layer = torch.nn.Linear(pixels, classes, device="meta")  # shapes only
parameters = sum(p.numel() for p in layer.parameters())
print(f"{parameters:,} parameters, {4 * parameters / 1e9:.0f} GB")
#> 3,000,001,000 parameters, 12 GB
