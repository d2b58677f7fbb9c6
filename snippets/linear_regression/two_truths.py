import torch

from dlnotes.data import penguins
from dlnotes.linear_regression import lstsq

measurements, species = penguins()
depth, flipper, mass = measurements[:, 1], measurements[:, 2], measurements[:, 3]
ones = torch.ones_like(mass)

print("all penguins   slope by bill depth", round(lstsq(torch.stack([ones, depth], dim=1), mass)[1].item(), 1), "g/mm")
#> all penguins   slope by bill depth -191.6 g/mm
for s, name in enumerate(("Adelie", "Chinstrap", "Gentoo")):
    own = species == s
    slope = lstsq(torch.stack([ones, depth], dim=1)[own], mass[own])[1]
    print(f"{name:10} {own.sum():3}  slope by bill depth {slope:6.1f} g/mm")
    #> Adelie     151  slope by bill depth  217.2 g/mm
    #> Chinstrap   68  slope by bill depth  204.6 g/mm
    #> Gentoo     123  slope by bill depth  369.4 g/mm
both = lstsq(torch.stack([ones, depth, flipper], dim=1), mass)
print("all penguins, beside flipper length:", round(both[1].item(), 1), "g/mm")
#> all penguins, beside flipper length: 22.6 g/mm
