from itertools import pairwise

from torch import nn

widths = [64, 32, 16, 10]  # input, two hidden layers, output
layers = [nn.Linear(inputs, outputs) for inputs, outputs in pairwise(widths)]
by_formula = sum((inputs + 1) * outputs for inputs, outputs in pairwise(widths))
by_torch = sum(p.numel() for layer in layers for p in layer.parameters())
print(f"{len(layers)} layers, {len(widths) - 2} of them hidden; parameters: {by_formula} = {by_torch}")
#> 3 layers, 2 of them hidden; parameters: 2778 = 2778
