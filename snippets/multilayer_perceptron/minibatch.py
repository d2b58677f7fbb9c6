import torch
from torch.utils.data import DataLoader

torch.manual_seed(0)
loader = DataLoader(range(10), batch_size=3, shuffle=True)
for epoch in (1, 2):
    print(f"epoch {epoch}: {[batch.tolist() for batch in loader]}")
#> epoch 1: [[6, 7, 1], [4, 2, 0], [9, 8, 3], [5]]
#> epoch 2: [[2, 4, 7], [0, 8, 9], [5, 3, 6], [1]]
