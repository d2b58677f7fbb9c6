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
print("scaled by 3, the same:", same(layer(3 * x), layer(x)), same(rms(3 * x), rms(x)))
#> scaled by 3, the same: True True
print("shifted by 3, the same:", same(layer(x + 3), layer(x)), same(rms(x + 3), rms(x)))
#> shifted by 3, the same: True False
