import torch

from dlnotes import check

generator = torch.Generator().manual_seed(0)
d, epsilon = 150_528, 0.02
w = torch.randn(d, dtype=torch.float64, generator=generator) / d**0.5
by_signs = epsilon * w.sign()
along_w = epsilon * d**0.5 * w / w.norm()
print(f"lengths {by_signs.norm():.3f} and {along_w.norm():.3f}, shifts {w @ by_signs:.3f} and {w @ along_w:.3f}")
#> lengths 7.760 and 7.760, shifts 6.194 and 7.768
print(f"ratio {(w @ along_w) / (w @ by_signs):.3f}, largest entry {along_w.abs().max() / epsilon:.1f} times")
#> ratio 1.254, largest entry 5.0 times
check("introduction.3", lambda w, rho: (-rho * w / w.norm(), rho * w.norm()))
#> introduction.3: right. It agrees with the reference on all 20 inputs.
