import math

import torch

from dlnotes import check

torch.manual_seed(0)
x0, noise = torch.randn(2, 5, dtype=torch.float64)
angle = torch.tensor(0.7, dtype=torch.float64)
x = angle.cos() * x0 + angle.sin() * noise
v = angle.cos() * noise - angle.sin() * x0
print("clean from x and v:", torch.allclose(angle.cos() * x - angle.sin() * v, x0))
#> clean from x and v: True
print("noise from x and v:", torch.allclose(angle.sin() * x + angle.cos() * v, noise))
#> noise from x and v: True
turn = torch.tensor(0.2, dtype=torch.float64)
step = (angle - turn).cos() * x0 + (angle - turn).sin() * noise
print("DDIM turns by the angle:", torch.allclose(step, turn.cos() * x - turn.sin() * v))
#> DDIM turns by the angle: True


def turned(x, v, angle, turn):
    clean = math.cos(angle) * x - math.sin(angle) * v
    noise = math.sin(angle) * x + math.cos(angle) * v
    return clean, noise, math.cos(turn) * x - math.sin(turn) * v


check("diffusion.8", turned)
#> diffusion.8: right. It agrees with the reference on all 20 inputs.
