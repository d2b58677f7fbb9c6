"""Dropout on the logits of a sure and an unsure prediction: the mean loss over all
masks is above the loss without, and the mean probabilities are pulled to uniform."""

from itertools import product

import torch

p = 0.5
masks = torch.tensor(list(product((0.0, 1.0), repeat=4)), dtype=torch.float64)
for z in ([6.0, 1.0, 0.0, -1.0], [1.0, 0.5, 0.0, -0.5]):
    z = torch.tensor(z, dtype=torch.float64)
    probabilities = torch.softmax(masks * z / (1 - p), dim=1)
    loss = -torch.log_softmax(z, 0)[0]
    noisy = -probabilities[:, 0].log().mean()
    print(f"loss {loss:.3f}, with noise {noisy:.3f}; probability {torch.softmax(z, 0)[0]:.3f}, "
          f"mean {probabilities[:, 0].mean():.3f}")  # fmt: skip
#> loss 0.010, with noise 0.890; probability 0.990, mean 0.596
#> loss 0.787, with noise 0.940; probability 0.455, mean 0.455
