import torch

from dlnotes import check

torch.manual_seed(0)
W, b = torch.randn(5, 2), torch.randn(5)
p, q = torch.randn(2, 100_000, 2) * 3
t = torch.rand(100_000, 1)


def decide(x):
    return (x @ W.T + b).argmax(dim=1)


same = decide(p) == decide(q)
between = decide(t * p + (1 - t) * q)
left = (between != decide(p))[same]
print(f"{same.sum()} pairs in one region, {left.sum()} points between them outside")
#> 25560 pairs in one region, 0 points between them outside


def crossing(w, c, p, q):
    """The difference of two classes' scores is linear along the segment."""
    at_p, at_q = w @ p + c, w @ q + c
    return at_p / (at_p - at_q)


check("softmax.4", crossing)
#> softmax.4: right. It agrees with the reference on all 20 inputs.
