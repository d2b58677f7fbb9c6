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


pair = torch.rand(1000, 2)
print(f"written: error {(written(pair) - pair.sort(1).values).abs().max():.0e}")
#>
with torch.no_grad():
    print(f"learned: error below 0.02: {(learned(pair) - pair.sort(1).values).abs().max() < 0.02}")
    #>
    far = torch.tensor([[30.0, 10.0]])
    print(f"learned, far outside of what it saw: {[round(v) for v in learned(far)[0].tolist()]} for (10, 30)")
    #>
