"""How fast a bead diffuses in water: Einstein's relation with the friction of Stokes."""

import math

k_B = 1.380649e-23  # J/K
temperature = 293.15  # K
viscosity = 1.0e-3  # Pa s, water at this temperature
radius = 0.5e-6  # m
D = k_B * temperature / (6 * math.pi * viscosity * radius)
print(f"D = {1e12 * D:.2f} µm²/s")
#> D = 0.43 µm²/s
print(f"one coordinate after a second: {1e6 * math.sqrt(2 * D):.2f} µm")
#> one coordinate after a second: 0.93 µm
print(f"after a day: {1e6 * math.sqrt(2 * D * 86400):.0f} µm")
#> after a day: 272 µm
