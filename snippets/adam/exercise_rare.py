"""A gradient of 1 in one step of k, otherwise 0: distance moved for each
such gradient, over η."""

import torch

from dlnotes import check
from dlnotes.adam import Adagrad, Adam, RMSprop

makers = {
    "SGD": torch.optim.SGD,
    "Adagrad": Adagrad,
    "RMSprop": lambda params, lr: RMSprop(params, lr=lr, alpha=0.999),
    "Adam": Adam,
}
for name, make in makers.items():
    moved = []
    for k in (1, 10, 100):
        w = torch.zeros(1, dtype=torch.float64, requires_grad=True)
        optimizer = make([w], lr=1.0)
        for t in range(1, 10_001):
            w.grad = torch.full((1,), float(t % k == 0), dtype=torch.float64)
            optimizer.step()
        moved.append(round(-w.item() / (10_000 / k), 3))
    print(f"{name:8}", moved)
#> SGD      [1.0, 1.0, 1.0]
#> Adagrad  [0.02, 0.062, 0.186]
#> RMSprop  [1.134, 3.548, 10.706]
#> Adam     [1.0, 3.16, 9.726]
check("adam.3", lambda k, alpha: ((1 - alpha**k) / (1 - alpha)) ** 0.5)
#> adam.3: right. It agrees with the reference on all 20 inputs.
