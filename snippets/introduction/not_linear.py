import torch

generator = torch.Generator().manual_seed(0)
A, B = torch.randn(3, 5, generator=generator), torch.randn(5, 4, generator=generator)
x, y = torch.randn(2, 4, generator=generator)


def with_relu(x):
    return A @ torch.relu(B @ x)


print("two layers without activation are one:", torch.allclose(A @ (B @ x), (A @ B) @ x, atol=1e-5))
#> two layers without activation are one: True
print("with ReLU, f(x + y) = f(x) + f(y):", torch.allclose(with_relu(x + y), with_relu(x) + with_relu(y), atol=1e-5))
#> with ReLU, f(x + y) = f(x) + f(y): False
