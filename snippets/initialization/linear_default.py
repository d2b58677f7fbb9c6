"""What torch.nn.Linear draws, and what thirty ReLU layers make of two inputs."""

import torch
from torch import nn

torch.manual_seed(0)
n = 512
layer = nn.Linear(n, n)
print(f"largest |w| √n: {layer.weight.abs().max() * n**0.5:.3f}")
#> largest |w| √n: 1.000
print(f"n Var w: {n * layer.weight.var():.3f}")
#> n Var w: 0.334

x = torch.randn(2, n, dtype=torch.float64)
layers = [nn.Linear(n, n, dtype=torch.float64) for _ in range(30)]
with torch.no_grad():
    z = x
    for layer in layers:
        z = layer(torch.relu(z))
print(f"n × mean square of z: {n * z.square().mean():.2f}")
#> n × mean square of z: 0.42
print(f"the two outputs differ by {(z[0] - z[1]).norm() / z[0].norm():.1e}")
#> the two outputs differ by 4.5e-11
