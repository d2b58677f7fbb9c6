import torch

from dlnotes.data import penguins
from dlnotes.linear_regression import interactions, lstsq, one_hot

measurements, species = penguins()
depth, mass = measurements[:, 1], measurements[:, 3]
line = torch.stack([torch.ones_like(depth), depth], dim=1)
u = one_hot(species).double()

designs = {
    "one line                 ": line,
    "one slope, 3 intercepts  ": torch.cat([u, depth.unsqueeze(1)], dim=1),
    "3 lines, by interactions ": interactions(u, line),
}
for name, X in designs.items():
    error = X @ lstsq(X, mass) - mass
    print(name, X.shape[1], "parameters, root mean squared error", round(error.square().mean().sqrt().item()), "g")
    #> one line                  2 parameters, root mean squared error 706 g
    #> one slope, 3 intercepts   4 parameters, root mean squared error 360 g
    #> 3 lines, by interactions  6 parameters, root mean squared error 352 g

together = lstsq(interactions(u, line), mass).reshape(3, 2)
separate = torch.stack([lstsq(line[species == s], mass[species == s]) for s in range(3)])
print("one solve equals three separate fits:", torch.allclose(together, separate))
#> one solve equals three separate fits: True
