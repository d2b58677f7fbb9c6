"""Special cases: each pair of optimisers gets the same random gradients."""

import torch

from dlnotes.adam import Adagrad, Adam, AdamW, RMSprop

torch.manual_seed(0)
gradients = torch.randn(50, 5, dtype=torch.float64)


def end(make):
    w = torch.ones(5, dtype=torch.float64, requires_grad=True)
    optimizer = make([w])
    for g in gradients:
        w.grad = g
        optimizer.step()
    return w.detach()


def as_sgd(momentum):
    """With ε = 10⁹ the root is nothing beside it, and η / ε is left."""
    return lambda params: RMSprop(params, lr=1e7, eps=1e9, momentum=momentum)


def sign_descent():
    return 1 - 0.01 * gradients.sign().sum(0)


def same(a, b):
    return torch.allclose(a, b, atol=1e-6)


print("RMSprop, large ε = SGD:", same(end(as_sgd(0.0)), end(lambda p: torch.optim.SGD(p, lr=0.01))))
#> RMSprop, large ε = SGD: True
momentum = end(lambda p: torch.optim.SGD(p, lr=0.01, momentum=0.9))
print("... with momentum = heavy ball:", same(end(as_sgd(0.9)), momentum))
#> ... with momentum = heavy ball: True
print("Adam, both β = 0: signs:", same(end(lambda p: Adam(p, lr=0.01, betas=(0.0, 0.0))), sign_descent()))
#> Adam, both β = 0: signs: True
print("AdamW, λ = 0: Adam:", same(end(lambda p: AdamW(p, weight_decay=0.0)), end(Adam)))
#> AdamW, λ = 0: Adam: True
w = torch.ones(5, dtype=torch.float64, requires_grad=True)
for t, g in enumerate(gradients, 1):  # Adam that weighs all gradients alike, and η / √t
    v = gradients[:t].square().mean(0)
    w = w - 0.01 / t**0.5 * g / v.sqrt()
print("mean of all squares, η / √t: Adagrad:", same(w.detach(), end(Adagrad)))
#> mean of all squares, η / √t: Adagrad: True
