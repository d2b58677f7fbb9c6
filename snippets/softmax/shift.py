import torch

from dlnotes.softmax import softmax

z = torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64)

print("shift by 100:", softmax(z + 100.0, dim=0).numpy().round(4), "unshifted:", softmax(z, dim=0).numpy().round(4))
#> shift by 100: [0.09   0.2447 0.6652] unshifted: [0.09   0.2447 0.6652]

two = z[:2]
print("softmax", round(softmax(two, dim=0)[0].item(), 4), "logistic", round(torch.sigmoid(two[0] - two[1]).item(), 4))
#> softmax 0.2689 logistic 0.2689
