import torch

torch.manual_seed(0)
A, B = torch.randn(3, 5, dtype=torch.float64), torch.randn(5, 4, dtype=torch.float64)
x, y = torch.randn(2, 4, dtype=torch.float64)

print("two linear layers equal one:", torch.allclose(A @ (B @ x), (A @ B) @ x))
#> two linear layers equal one: True
relu = torch.relu
print("additive with ReLU between:", torch.allclose(A @ relu(B @ (x + y)), A @ relu(B @ x) + A @ relu(B @ y)))
#> additive with ReLU between: False
