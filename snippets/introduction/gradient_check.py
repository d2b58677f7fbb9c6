import math

import torch

x, exact = torch.tensor(1.0, dtype=torch.float64), math.cos(1)
for h in (1e-1, 1e-3, 1e-5, 1e-8, 1e-12):
    forward = (torch.sin(x + h) - torch.sin(x)).item() / h
    central = (torch.sin(x + h) - torch.sin(x - h)).item() / (2 * h)
    print(f"h = {h:.0e}: error {abs(forward - exact):.0e} one-sided, {abs(central - exact):.0e} central")
    #>
