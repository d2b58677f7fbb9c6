import torch
from torch import nn

from dlnotes.normalization import BatchNorm2d

network = nn.Sequential(nn.Conv2d(3, 16, 3), BatchNorm2d(16), nn.ReLU())
norm = network[1]
print("learned:", {name: tuple(p.shape) for name, p in norm.named_parameters()})
#> learned: {'weight': (16,), 'bias': (16,)}
print("kept:   ", {name: tuple(b.shape) for name, b in norm.named_buffers()})
#> kept:    {'running_mean': (16,), 'running_var': (16,), 'num_batches_tracked': ()}

torch.manual_seed(0)
images = 100 + 50 * torch.randn(8, 3, 32, 32)
z = network[0](images)  # this is what is normalised, not the images
mean, deviation = images.mean(), images.std()
print(f"images: mean {mean:.0f}, deviation {deviation:.0f}, unchanged")
#> images: mean 100, deviation 50, unchanged
y = norm(z)
means, deviations = y.mean((0, 2, 3)), y.std((0, 2, 3))
close = bool(means.abs().max() < 1e-6)
print(f"all 16 channels: mean 0: {close}, deviation {deviations.mean():.2f}")
#> all 16 channels: mean 0: True, deviation 1.00
