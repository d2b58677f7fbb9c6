import torch

from dlnotes.softmax import softmax

z = torch.tensor([1.0, 2.0, 3.0])  # scores of T-shirt, trousers, bag
a = softmax(z, dim=0)

print("probabilities", a.numpy().round(4))
#> probabilities [0.09   0.2447 0.6652]
print("sum", round(a.sum().item(), 4))
#> sum 1.0
print("bag : trousers", round((a[2] / a[1]).item(), 4), " e =", round(torch.e, 4))
#> bag : trousers 2.7183  e = 2.7183
