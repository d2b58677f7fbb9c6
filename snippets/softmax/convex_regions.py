import torch

torch.manual_seed(0)
W, b = torch.randn(5, 2), torch.randn(5)
p, q = torch.randn(2, 100_000, 2) * 3
t = torch.rand(100_000, 1)


def decide(x):
    return (x @ W.T + b).argmax(dim=1)


same = decide(p) == decide(q)
between = decide(t * p + (1 - t) * q)
print(f"{same.sum()} pairs in one region, points between them that leave it: {(between != decide(p))[same].sum()}")
#> 25560 pairs in one region, points between them that leave it: 0
