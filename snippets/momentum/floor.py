"""Mean square error in the long run of descent with noise, at the same
effective learning rate: simulated, and by the formula."""

import torch

from dlnotes.momentum import noise_floor

curvature, runs = 1.0, 4000
generator = torch.Generator().manual_seed(0)
for effective, momentum in ((0.02, 0.0), (0.02, 0.9), (1.0, 0.0), (1.0, 0.9)):
    lr = (1 - momentum) * effective
    error, velocity, squares = torch.zeros(runs), torch.zeros(runs), []
    for step in range(1500):
        noisy = curvature * error + torch.randn(runs, generator=generator)
        velocity = momentum * velocity - lr * noisy
        error = error + velocity
        if step >= 500:
            squares.append(error.square().mean())
    simulated, formula = torch.stack(squares).mean(), noise_floor(lr, momentum, curvature, 1.0)
    print(f"η/(1-β) = {effective}, β = {momentum}: simulated {simulated:.4f}, formula {formula:.4f}")
#> η/(1-β) = 0.02, β = 0.0: simulated 0.0101, formula 0.0101
#> η/(1-β) = 0.02, β = 0.9: simulated 0.0100, formula 0.0100
#> η/(1-β) = 1.0, β = 0.0: simulated 0.9994, formula 1.0000
#> η/(1-β) = 1.0, β = 0.9: simulated 0.5125, formula 0.5135
