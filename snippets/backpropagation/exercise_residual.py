import torch
from torch.nn import functional as F

from dlnotes import check

torch.manual_seed(0)
width, depth = 4, 6
weights = [0.5 * torch.randn(width, width, dtype=torch.float64) for _ in range(depth)]
x, y = torch.randn(width, dtype=torch.float64), torch.tensor([0.0, 1.0, 0.0, 0.0], dtype=torch.float64)


def gradient(skip: float) -> tuple[torch.Tensor, torch.Tensor]:
    """By the recursion and by autograd: the gradient by x of a network a = skip * a + tanh(W a), logits at the end."""
    a, hidden = x, []
    for weight in weights:
        hidden.append(torch.tanh(weight @ a))
        a = skip * a + hidden[-1]
    g = torch.softmax(a, dim=0) - y
    for weight, h in zip(reversed(weights), reversed(hidden), strict=True):
        g = skip * g + weight.mT @ ((1 - h**2) * g)

    a = start = x.clone().requires_grad_()
    for weight in weights:
        a = skip * a + torch.tanh(weight @ a)
    return g, torch.autograd.grad(F.cross_entropy(a, y), start)[0]


for skip in (0.0, 1.0):
    by_recursion, by_autograd = gradient(skip)
    print(f"skip {skip}: equal {torch.allclose(by_recursion, by_autograd)}, norm {by_recursion.norm():.3f}")
#> skip 0.0: equal True, norm 0.045
#> skip 1.0: equal True, norm 0.991


def through_one_layer(W, a, g):
    return g + W.mT @ ((1 - torch.tanh(W @ a) ** 2) * g)


check("backpropagation.4", through_one_layer)
#> backpropagation.4: right. It agrees with the reference on all 20 inputs.
