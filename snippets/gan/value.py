import math

import torch

from dlnotes.gan import jensen_shannon, optimal_discriminator, value

p = torch.tensor([0.5, 0.3, 0.2], dtype=torch.float64)
for q in ([0.1, 0.1, 0.8], [0.4, 0.35, 0.25], [0.5, 0.3, 0.2]):
    q = torch.tensor(q, dtype=torch.float64)
    best = optimal_discriminator(p, q)
    bound = -math.log(4) + 2 * jensen_shannon(p, q)
    print(f"V(D*, q) = {value(best, p, q):.4f}, -log 4 + 2 JSD = {bound:.4f}")
#> V(D*, q) = -0.9957, -log 4 + 2 JSD = -0.9957
#> V(D*, q) = -1.3760, -log 4 + 2 JSD = -1.3760
#> V(D*, q) = -1.3863, -log 4 + 2 JSD = -1.3863
