import torch

from dlnotes.logistic_regression import binary_cross_entropy

p = torch.tensor([0.9, 0.5, 0.1])  # P(y = 1 | x) by three models; the label is 0
y = torch.zeros(3)
likelihood = p**y * (1 - p) ** (1 - y)  # P(y | x), of the label that occurred

print("with p          ", binary_cross_entropy(p, y, reduction="none").numpy().round(4))
#> with p           [2.3026 0.6931 0.1054]
print("with P(y | x)   ", binary_cross_entropy(likelihood, y, reduction="none").numpy().round(4))
#> with P(y | x)    [0.1054 0.6931 2.3026]
print("-log P(y | x)   ", -likelihood.log().numpy().round(4))
#> -log P(y | x)    [2.3026 0.6931 0.1054]
