import torch

torch.manual_seed(0)
layer = torch.nn.Linear(2, 3)  # two inputs, three units
X = torch.randn(5, 2)  # five samples
W, b = layer.weight, layer.bias
print("W", tuple(W.shape), " b", tuple(b.shape), " Z", tuple(layer(X).shape))
#> W (3, 2)  b (3,)  Z (5, 3)
one_by_one = torch.stack([W @ x + b for x in X])
print("rows of Z are W x + b:", torch.allclose(layer(X), one_by_one))
#> rows of Z are W x + b: True
ones = torch.ones(5, 1)
print("Z = X W^T + 1 b^T:", torch.allclose(layer(X), X @ W.T + ones @ b[None]))
#> Z = X W^T + 1 b^T: True
