import torch

from dlnotes.normalization import BatchNorm2d, LayerNorm

torch.manual_seed(0)
x = torch.randn(4, 3, 5, 5)
changed = x.clone()
changed[1:] *= 100  # all samples but the first
for layer in (BatchNorm2d(3), LayerNorm([3, 5, 5])):
    effect = (layer(x)[0] - layer(changed)[0]).abs().max()
    print(f"{type(layer).__name__}: effect on the first sample {effect:.2f}")
#> BatchNorm2d: effect on the first sample 3.45
#> LayerNorm: effect on the first sample 0.00
