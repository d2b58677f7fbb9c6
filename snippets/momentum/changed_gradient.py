"""After a Nesterov step of torch's foreach implementation, which is the
default on a GPU, param.grad is no longer the gradient."""

import torch

from dlnotes.momentum import SGD

options = {"lr": 0.1, "momentum": 0.9, "nesterov": True}
optimizers = {
    "torch, one tensor at a time": lambda params: torch.optim.SGD(params, foreach=False, **options),
    "torch, foreach": lambda params: torch.optim.SGD(params, foreach=True, **options),
    "dlnotes": lambda params: SGD(params, **options),
}
for name, make in optimizers.items():
    w = torch.ones(2, requires_grad=True)
    optimizer = make([w])
    w.sum().backward()  # the gradient is 1
    optimizer.step()
    print(f"{name}: grad {w.grad[0]:.2f}")
#> torch, one tensor at a time: grad 1.00
#> torch, foreach: grad 1.90
#> dlnotes: grad 1.00
