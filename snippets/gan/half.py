import torch

from dlnotes.gan import jensen_shannon, value

p = torch.tensor([0.5, 0.3, 0.2])
constant = torch.full((3,), 0.5)
for q in ([0.0, 0.0, 1.0], [0.1, 0.1, 0.8], [0.5, 0.3, 0.2]):
    q = torch.tensor(q)
    print(f"D = 1/2: V = {value(constant, p, q):.4f} while JSD(p, q) = {abs(jensen_shannon(p, q)):.4f}")
#> D = 1/2: V = -1.3863 while JSD(p, q) = 0.4228
#> D = 1/2: V = -1.3863 while JSD(p, q) = 0.1953
#> D = 1/2: V = -1.3863 while JSD(p, q) = 0.0000
