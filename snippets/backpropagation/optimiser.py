import torch

layer = torch.nn.Linear(2, 1, bias=False)
optimiser = torch.optim.SGD(layer.parameters(), lr=0.1)
before = layer.weight.detach().clone()

layer(torch.ones(1, 2)).sum().backward()
print("after backward: gradient", layer.weight.grad.tolist(), "weight changed:", not torch.equal(layer.weight, before))
#> after backward: gradient [[1.0, 1.0]] weight changed: False
optimiser.step()
print("after step: weight changed:", not torch.equal(layer.weight, before))
#> after step: weight changed: True
