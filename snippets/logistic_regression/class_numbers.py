import torch

from dlnotes.data import PENGUIN_SPECIES, penguins

_, species = penguins()  # 0 Adelie, 1 Chinstrap, 2 Gentoo: names, not quantities
among = torch.tensor([0, 2])[torch.arange(100) % 2]  # a colony, half Adelie and half Gentoo

best_number = among.double().mean()  # what regression predicts for a penguin from this colony
most_frequent = torch.bincount(species).argmax()
print("regression:", PENGUIN_SPECIES[round(best_number.item())])
#> regression: Chinstrap
print("chance to be right:", (among == best_number).double().mean().item())
#> chance to be right: 0.0
