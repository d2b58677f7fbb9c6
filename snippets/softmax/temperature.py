import torch

from dlnotes.softmax import entropy, softmax

z = torch.tensor([1.0, 2.0, 3.0])
for T in (0.1, 0.5, 1.0, 2.0, 10.0):
    a = softmax(z / T, dim=0)
    print(f"T = {T:4}  a = {a.numpy().round(4)}  H = {entropy(a, dim=0):.4f}")
#>
