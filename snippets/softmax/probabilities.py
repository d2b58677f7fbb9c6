import torch

from dlnotes.softmax import softmax

z = torch.tensor([1.0, 2.0, 3.0])  # scores of coat, trousers, bag
a = softmax(z, dim=0)

print("probabilities", a.numpy().round(4))
#> probabilities [0.09   0.2447 0.6652]
print(f"sum {a.sum():.4f}")
#> sum 1.0000
print(f"bag : trousers = {a[2] / a[1]:.4f}, e = {torch.e:.4f}")
#> bag : trousers = 2.7183, e = 2.7183
