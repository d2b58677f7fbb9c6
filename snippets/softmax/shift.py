import torch

from dlnotes.softmax import softmax

z = torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64)

print("z      ", softmax(z, dim=0).numpy().round(4))
#> z       [0.09   0.2447 0.6652]
print("z + 100", softmax(z + 100.0, dim=0).numpy().round(4))
#> z + 100 [0.09   0.2447 0.6652]

two = z[:2]
print(f"softmax  {softmax(two, dim=0)[0]:.4f}")
#> softmax  0.2689
print(f"logistic {torch.sigmoid(two[0] - two[1]):.4f}")
#> logistic 0.2689
