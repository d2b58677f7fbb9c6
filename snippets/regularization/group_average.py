"""A function averaged over the four quarter turns doesn't change when its argument
is turned; a random image is one thing to it in all four positions."""

import torch

from dlnotes.regularization import rotate

torch.manual_seed(0)
W = torch.randn(1, 64) / 8


def f(images):
    return torch.tanh(images.flatten(1) @ W.T).squeeze(1)


def averaged(images):
    return torch.stack([f(rotate(images, torch.full((len(images),), 90.0 * k))) for k in range(4)]).mean(0)


image = torch.randn(1, 8, 8)
turned = rotate(image, torch.tensor([90.0]))
print(f"f: {f(image).item():.4f} and {f(turned).item():.4f}")
#> f: -0.8915 and -0.9883
print(f"averaged: {averaged(image).item():.4f} and {averaged(turned).item():.4f}")
#> averaged: -0.8279 and -0.8279
