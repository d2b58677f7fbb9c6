"""SGD with weight decay beside torch's, and beside the penalty written into the
loss."""

import torch

from dlnotes.gradient_descent import SGD

torch.manual_seed(0)
X, y = torch.randn(20, 3, dtype=torch.float64), torch.randn(20, dtype=torch.float64)


def train(make_optimizer, penalty=0.0):
    theta = torch.ones(3, dtype=torch.float64, requires_grad=True)
    optimizer = make_optimizer([theta])
    for _ in range(50):
        optimizer.zero_grad()
        loss = 0.5 * (X @ theta - y).square().mean()
        (loss + 0.5 * penalty * theta.square().sum()).backward()
        optimizer.step()
    return theta.detach()


ours = train(lambda params: SGD(params, lr=0.1, weight_decay=0.3))
theirs = train(lambda params: torch.optim.SGD(params, lr=0.1, weight_decay=0.3))
penalised = train(lambda params: SGD(params, lr=0.1), penalty=0.3)
print("as torch:", torch.allclose(ours, theirs, rtol=1e-12))
#> as torch: True
print("as the penalty:", torch.allclose(ours, penalised, rtol=1e-12))
#> as the penalty: True
