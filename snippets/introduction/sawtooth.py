import torch


def tooth(x):  # two ReLU units: up from 0 to 1 and down again
    return 2 * torch.relu(x) - 4 * torch.relu(x - 0.5)


x = torch.linspace(0, 1, 2**12 + 1, dtype=torch.float64)
y = x
for depth in range(1, 7):
    y = tooth(y)
    slopes = y.diff() / x.diff()
    pieces = 1 + (slopes.diff().abs() > 1e-6).sum().item()
    print(f"depth {depth}, {2 * depth} units: {pieces} linear pieces")
    #> depth 1, 2 units: 2 linear pieces
    #> depth 2, 4 units: 4 linear pieces
    #> depth 3, 6 units: 8 linear pieces
    #> depth 4, 8 units: 16 linear pieces
    #> depth 5, 10 units: 32 linear pieces
    #> depth 6, 12 units: 64 linear pieces
