import torch

from dlnotes.data import penguins

measurements, species = penguins()
mass = measurements[:, 3] / 1000  # kg
means = torch.stack([mass[species == s].mean() for s in range(3)])

print("mean mass of each species", means.numpy().round(3), "kg")
#> mean mass of each species [3.701 3.733 5.076] kg
print("error of the overall mean", round(mass.var(correction=0).item(), 4), "kg²")
#> error of the overall mean 0.6413 kg²
within = (mass - means[species]).square().mean()
between = (means[species] - mass.mean()).square().mean()
print(f"within species {within:.4f} + between species {between:.4f} = {within + between:.4f} kg²")
#> within species 0.2118 + between species 0.4294 = 0.6413 kg²
