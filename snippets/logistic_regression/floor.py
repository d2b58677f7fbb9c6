import torch

from dlnotes.logistic_regression import binary_cross_entropy

torch.manual_seed(0)
y = (torch.rand(200_000) < 0.3).float()  # nothing is known about a sample but this
q = torch.linspace(0.05, 0.95, 19)
loss = torch.stack([binary_cross_entropy(p.expand_as(y), y) for p in q])
best = loss.argmin()
print(f"smallest loss {loss[best]:.3f} nats, at q = {q[best]:.2f}")
#> smallest loss 0.610 nats, at q = 0.30

few = y[:4]  # one free parameter a sample: it learns the noise
print("training loss of the labels themselves:", binary_cross_entropy(few, few).item())
#> training loss of the labels themselves: 0.0
print(f"on other samples: {binary_cross_entropy(few.repeat(1000), y[4:4004]):.1f} nats")
#> on other samples: 50.1 nats
