import torch

from dlnotes.softmax import entropy, softmax

z = torch.tensor([1.0, 2.0, 3.0])
for T in (0.1, 0.5, 1.0, 2.0, 10.0):
    a = softmax(z / T, dim=0)
    H = entropy(a, dim=0)
    print(f"T = {T:4}  a = {a.numpy().round(4)}  H = {H:.4f}")
#> T =  0.1  a = [0. 0. 1.]  H = 0.0005
#> T =  0.5  a = [0.0159 0.1173 0.8668]  H = 0.4411
#> T =  1.0  a = [0.09   0.2447 0.6652]  H = 0.8324
#> T =  2.0  a = [0.1863 0.3072 0.5065]  H = 1.0202
#> T = 10.0  a = [0.3006 0.3322 0.3672]  H = 1.0953
