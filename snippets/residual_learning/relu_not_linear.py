import torch

torch.manual_seed(0)
relu = torch.relu
print("relu(-1) + relu(1) =", (relu(torch.tensor(-1.0)) + relu(torch.tensor(1.0))).item())
#> relu(-1) + relu(1) = 1.0
print("relu(-1 + 1) =", relu(torch.tensor(0.0)).item())
#> relu(-1 + 1) = 0.0

A, B, x = torch.randn(3, 5), torch.randn(5, 4), torch.randn(4)
print("two linear layers are one:", torch.allclose(A @ (B @ x), (A @ B) @ x))
#> two linear layers are one: True
print("with ReLU between them:", torch.allclose(A @ relu(B @ x), (A @ B) @ x))
#> with ReLU between them: False

h = torch.randn(256, dtype=torch.float64)  # and ReLU does not stop an explosion
for _ in range(30):
    h = relu((4 / 256) ** 0.5 * torch.randn(256, 256, dtype=torch.float64) @ h)
print(f"length after 30 layers of variance 4/n: {h.norm():.0e}")
#> length after 30 layers of variance 4/n: 8e+05
