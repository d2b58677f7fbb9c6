"""Adam without its division is momentum: with a huge ε, and a learning rate
that undoes it, Adam takes the steps of an averaged gradient."""

import torch

w0, slopes, beta, lr, eps = torch.tensor([1.0, 1.0]).double(), torch.tensor([1.0, 100.0]), 0.9, 1e-3, 1e8


def path(**options):
    w = w0.clone().requires_grad_()
    optimizer = torch.optim.Adam([w], betas=(beta, 0.999), **options)
    for _ in range(5):
        optimizer.zero_grad()
        (0.5 * slopes * w**2).sum().backward()
        optimizer.step()
    return [round(x, 4) for x in (w0 - w).tolist()]


w, m = w0.clone(), 0.0
for t in range(1, 6):
    m = beta * m + (1 - beta) * slopes * w
    w = w - lr * m / (1 - beta**t)
print("averaged gradient, moved", [round(x, 4) for x in (w0 - w).tolist()])
#> averaged gradient, moved [0.005, 0.4476]
print("Adam, ε = 1e8, moved    ", path(lr=lr * eps, eps=eps))
#> Adam, ε = 1e8, moved     [0.005, 0.4476]
print("Adam, ε = 1e-8, moved   ", path(lr=lr, eps=1e-8))
#> Adam, ε = 1e-8, moved    [0.005, 0.005]
