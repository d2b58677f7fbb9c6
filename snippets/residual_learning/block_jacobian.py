"""The Jacobian of a residual block, and the block with weights that are zero or small."""

import torch

torch.manual_seed(0)
W1, W2 = torch.randn(2, 6, 6, dtype=torch.float64) / 6**0.5
x = torch.randn(6, dtype=torch.float64)


def branch(x: torch.Tensor, scale: float = 1.0) -> torch.Tensor:
    return scale * W2 @ torch.relu(W1 @ x)


jacobian = torch.func.jacrev
identity = torch.eye(6, dtype=torch.float64)
print("I + F':", torch.allclose(jacobian(lambda x: x + branch(x))(x), identity + jacobian(branch)(x)))
#> I + F': True
for scale in (1.0, 0.1, 0.0):
    singular = torch.linalg.svdvals(jacobian(lambda x, s=scale: x + branch(x, s))(x))
    plain = torch.linalg.svdvals(jacobian(lambda x, s=scale: branch(x, s))(x))
    print(f"scale {scale}: residual {singular[-1]:.2f} to {singular[0]:.2f}, plain {plain[-1]:.2f} to {plain[0]:.2f}")
#> scale 1.0: residual 0.49 to 2.65, plain 0.00 to 1.69
#> scale 0.1: residual 0.93 to 1.16, plain 0.00 to 0.17
#> scale 0.0: residual 1.00 to 1.00, plain 0.00 to 0.00
