import torch

from dlnotes.data import penguins
from dlnotes.linear_regression import lstsq, one_hot

measurements, species = penguins()
mass = measurements[:, 3]
means = torch.stack([mass[species == s].mean() for s in range(3)])
print("means of the species              ", means.numpy().round())
#> means of the species               [3701. 3733. 5076.]
for order in ([0, 1, 2], [1, 2, 0]):  # two ways to number them
    code = torch.tensor(order)[species].double()
    b, w = lstsq(torch.stack([torch.ones_like(code), code], dim=1), mass)
    print("predicted with the codes", order, (b + w * torch.tensor(order)).numpy().round())
    #> predicted with the codes [0, 1, 2] [3583. 4257. 4931.]
    #> predicted with the codes [1, 2, 0] [4079. 3313. 4844.]
print("predicted with one-hot features   ", lstsq(one_hot(species).double(), mass).numpy().round())
#> predicted with one-hot features    [3701. 3733. 5076.]
