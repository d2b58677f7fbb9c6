import torch

from dlnotes.multilayer_perceptron import step

x = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
for name, weight, bias in [("AND", [1.0, 1.0], -1.5), ("OR", [1.0, 1.0], -0.5), ("NOT x1", [-1.0, 0.0], 0.5)]:
    print(f"{name}: {step(x @ torch.tensor(weight) + bias).int().tolist()}")
#> AND: [0, 0, 0, 1]
#> OR: [0, 1, 1, 1]
#> NOT x1: [1, 1, 0, 0]
