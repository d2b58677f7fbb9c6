import torch

from dlnotes.data import penguins
from dlnotes.linear_regression import lstsq, one_hot

measurements, species = penguins()
mass = measurements[:, 3]
means = torch.stack([mass[species == s].mean() for s in range(3)])
print("means of the species              ", means.numpy().round())
#>
for order in ([0, 1, 2], [1, 2, 0]):  # two ways to number them
    code = torch.tensor(order)[species].double()
    b, w = lstsq(torch.stack([torch.ones_like(code), code], dim=1), mass)
    print("predicted with the codes", order, (b + w * torch.tensor(order)).numpy().round())
    #>
print("predicted with one-hot features   ", lstsq(one_hot(species).double(), mass).numpy().round())
#>
