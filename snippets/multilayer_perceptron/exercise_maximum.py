import torch

from dlnotes.multilayer_perceptron import mlp

pair = torch.tensor([[1.0, -1.0], [0.0, 1.0], [0.0, -1.0]])  # a - b, b, -b
join = torch.tensor([[1.0, 1.0, -1.0]])
weights = [torch.block_diag(pair, pair), pair @ torch.block_diag(join, join), join]  # of four numbers
biases = [torch.zeros(6), torch.zeros(3), torch.zeros(1)]
x = torch.randn(1000, 4, generator=torch.Generator().manual_seed(0))
print("all 1000 maxima right:", torch.allclose(mlp(x, weights, biases).squeeze(), x.amax(dim=1), atol=1e-5))
#> all 1000 maxima right: True
