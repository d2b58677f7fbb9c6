import torch

p, q = 0.6, 0.2
t = torch.linspace(0.001, 0.999, 999, dtype=torch.float64)
v = p * t.log() + q * (1 - t).log()
best = v.argmax()

print(f"largest at t = {t[best]:.3f}; p / (p + q) = {p / (p + q):.3f}")
#> largest at t = 0.750; p / (p + q) = 0.750
print("nowhere else:", bool((v[torch.arange(999) != best] < v[best]).all()))
#> nowhere else: True
