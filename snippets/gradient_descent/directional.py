"""The directional derivative by differences, over all directions in the plane:
largest along the gradient."""

import math

import torch


def f(b, w):
    return 0.5 * (b - 1) ** 2 + 2 * (w + 1) ** 2 + 0.5 * b * w


b, w = (torch.tensor(1.5, dtype=torch.float64, requires_grad=True) for _ in range(2))
gradient = torch.stack(torch.autograd.grad(f(b, w), (b, w)))
b, w, step = b.item(), w.item(), 1e-6

angles = [math.radians(degrees) for degrees in range(360)]
slopes = []
for angle in angles:
    db, dw = step * math.cos(angle), step * math.sin(angle)
    slopes.append((f(b + db, w + dw) - f(b - db, w - dw)) / (2 * step))
print(f"largest slope {max(slopes):.3f} at {slopes.index(max(slopes))}°")
#> largest slope 10.822 at 83°
direction = math.degrees(math.atan2(gradient[1], gradient[0]))
print(f"norm of the gradient {gradient.norm().item():.3f}, pointing to {direction:.1f}°")
#> norm of the gradient 10.822, pointing to 83.4°
