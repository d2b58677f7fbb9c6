import torch

layer = torch.nn.Linear(2, 1)
optimizer = torch.optim.SGD(layer.parameters(), lr=0.1)
before = layer.weight.clone()
layer(torch.ones(1, 2)).sum().backward()
print("after backward(): changed", not torch.equal(before, layer.weight), " gradient", layer.weight.grad.tolist())
#> after backward(): changed False  gradient [[1.0, 1.0]]
optimizer.step()
print("after step(): changed", not torch.equal(before, layer.weight))
#> after step(): changed True
