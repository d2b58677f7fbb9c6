import torch
from torch import nn

torch.manual_seed(0)
learned = nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 2))  # to put two numbers in order
optimizer = torch.optim.Adam(learned.parameters(), lr=0.01)
for _ in range(1500):
    pair = torch.rand(256, 2)
    loss = (learned(pair) - pair.sort(1).values).square().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


def written(pair):  # the same, written by hand
    step = torch.relu(pair[:, 0] - pair[:, 1])
    return torch.stack([pair[:, 0] - step, pair[:, 1] + step], dim=1)


pair, far = torch.rand(1000, 2), torch.tensor([[30.0, 10.0]])
with torch.no_grad():
    found, found_far = learned(pair), learned(far)
print(f"written: largest error {(written(pair) - pair.sort(1).values).abs().max():.0e}")
#> written: largest error 0e+00
print(f"learned: largest error below 0.02: {(found - pair.sort(1).values).abs().max() < 0.02}")
#> learned: largest error below 0.02: True
print(f"(30, 10), not like the examples: written {written(far)[0].tolist()}, learned {found_far[0].int().tolist()}")
#> (30, 10), not like the examples: written [10.0, 30.0], learned [0, 13]
