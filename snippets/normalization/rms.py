import torch

from dlnotes.normalization import layer_norm, rms_norm

torch.manual_seed(0)
x = torch.randn(3, 8, dtype=torch.float64) + 0.5


def layer(x):
    return layer_norm(x, (8,), eps=1e-12)


def rms(x):
    return rms_norm(x, (8,), eps=1e-12)


def same(a, b):
    return torch.allclose(a, b, rtol=0, atol=1e-10)


centred = x - x.mean(dim=1, keepdim=True)
print("RMS norm of centred inputs is layer norm:", same(rms(centred), layer(x)))
#> RMS norm of centred inputs is layer norm: True
for name, norm in (("layer", layer), ("RMS", rms)):
    scaled, shifted = same(norm(3 * x), norm(x)), same(norm(x + 3), norm(x))
    print(f"{name}: the same for 3 x: {scaled}, for x + 3: {shifted}")
#> layer: the same for 3 x: True, for x + 3: True
#> RMS: the same for 3 x: True, for x + 3: False
