import torch

from dlnotes.gan import simultaneous_step


def field(u):
    """V = x y: x descends, y ascends."""
    x, y = u
    return torch.stack([-y, x])


u, lr = torch.tensor([1.0, 0.0], dtype=torch.float64), 0.1
for _ in range(1000):
    u = simultaneous_step(field, u, lr)
print(f"radius after 1000 steps {u.norm():.2f}, (1 + lr²)^500 = {(1 + lr**2) ** 500:.2f}")
#> radius after 1000 steps 144.77, (1 + lr²)^500 = 144.77
