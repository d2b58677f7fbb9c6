import torch

weight = torch.tensor([[0.5, -0.3], [0.8, 0.2], [-0.4, 0.6]], dtype=torch.float64)  # 3 units, 2 inputs
bias = torch.tensor([0.1, -0.2, 0.3], dtype=torch.float64)
x = torch.tensor([1.0, 2.0], dtype=torch.float64)

one_by_one = torch.stack([weight[j] @ x + bias[j] for j in range(3)])
print("unit by unit", one_by_one.round(decimals=4).tolist())
#> unit by unit [0.0, 1.0, 1.1]
print("W x + b     ", (weight @ x + bias).round(decimals=4).tolist())
#> W x + b      [0.0, 1.0, 1.1]
