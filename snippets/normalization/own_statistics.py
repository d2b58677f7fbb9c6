"""A classifier of penguins meets a colony of Gentoos only. Whose mean and
deviation does it take?"""

import torch

from dlnotes.data import penguins
from dlnotes.gradient_descent import standardize

measurements, species = penguins()
raw, is_gentoo = measurements[:, [1, 3]], (species == 2).double()
order = torch.randperm(len(raw), generator=torch.Generator().manual_seed(0))
train, rest = order[:200], order[200:]
colony = rest[is_gentoo[rest] == 1]

scaled, mean, std = standardize(raw[train])
X = torch.cat([torch.ones(200, 1), scaled], dim=1)
w = torch.linalg.lstsq(X, is_gentoo[train, None]).solution[:, 0]


def recognised(features):
    return (w[0] + features @ w[1:] > 0.5).double().mean()


share = recognised((raw[colony] - mean) / std)
print(f"{len(colony)} Gentoos, by the training set's statistics {share:.2f}")
#> 46 Gentoos, by the training set's statistics 1.00
print(f"by their own {recognised(standardize(raw[colony]).features):.2f}")
#> by their own 0.17
