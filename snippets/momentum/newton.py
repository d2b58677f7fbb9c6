"""A weight on a spring with friction: the heavy ball's points approach the
motion by Newton's law as the time between steps shrinks."""

import math

import torch

from dlnotes.momentum import heavy_ball

m, gamma, stiffness, time = 2.0, 0.8, 3.0, 4.0
decay = gamma / (2 * m)
omega = math.sqrt(stiffness / m - decay**2)
# the solution that starts at 1 at rest
exact = math.exp(-decay * time) * (math.cos(omega * time) + decay / omega * math.sin(omega * time))
print(f"exact position after {time} s: {exact:.5f}")
#> exact position after 4.0 s: -0.01967
start = torch.tensor(1.0, dtype=torch.float64)
for steps in (40, 400, 4000):
    dt = time / steps
    lr, momentum = dt**2 / m, 1 - gamma * dt / m
    position = heavy_ball(lambda w: stiffness / 2 * w**2, start, lr, momentum, steps)[-1]
    print(f"Δ = {dt:g} s: η = {lr:.3g}, β = {momentum:g}, error {position - exact:.1e}")
#> Δ = 0.1 s: η = 0.005, β = 0.96, error 5.0e-02
#> Δ = 0.01 s: η = 5e-05, β = 0.996, error 4.9e-03
#> Δ = 0.001 s: η = 5e-07, β = 0.9996, error 4.9e-04
