import torch

from dlnotes.gan import alternating_step, extragradient_step, simultaneous_step


def play(u):
    x, y = u
    return torch.stack([-y, x])


def penalised(u):
    """R1 with gamma = 0.5 pulls the discriminator y towards 0."""
    x, y = u
    return torch.stack([-y, x - 0.5 * y])


start = torch.tensor([1.0, 0.0], dtype=torch.float64)
for name, step, field in (
    ("alternating", alternating_step, play),
    ("extragradient", extragradient_step, play),
    ("R1, simultaneous", simultaneous_step, penalised),
):
    u, path = start, []
    for _ in range(1000):
        u = step(field, u, 0.1)
        path.append(u)
    mean = torch.stack(path).mean(0)
    print(f"{name}: radius {u.norm():.4f}, radius of the mean {mean.norm():.4f}")
#> alternating: radius 0.9796, radius of the mean 0.0048
#> extragradient: radius 0.0069, radius of the mean 0.0098
#> R1, simultaneous: radius 0.0000, radius of the mean 0.0108
