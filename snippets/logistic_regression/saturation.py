import torch

from dlnotes.logistic_regression import binary_cross_entropy_with_logits, sigmoid

y = torch.tensor(1.0, dtype=torch.float64)
for z in (0.0, -2.0, -5.0, -10.0):
    z = torch.tensor(z, dtype=torch.float64, requires_grad=True)
    (squared,) = torch.autograd.grad((sigmoid(z) - y) ** 2, z)
    (entropy,) = torch.autograd.grad(binary_cross_entropy_with_logits(z, y), z)
    print(f"z = {z:5.1f}: slope of the squared error {squared:.1e}, of the cross entropy {entropy:.4f}")
#> z =   0.0: slope of the squared error -2.5e-01, of the cross entropy -0.5000
#> z =  -2.0: slope of the squared error -1.8e-01, of the cross entropy -0.8808
#> z =  -5.0: slope of the squared error -1.3e-02, of the cross entropy -0.9933
#> z = -10.0: slope of the squared error -9.1e-05, of the cross entropy -1.0000

# gradient descent from a wrong answer, as many steps with either loss
for name in ("squared error", "cross entropy"):
    z = torch.tensor(-5.0, dtype=torch.float64)
    for _ in range(100):
        p = sigmoid(z)
        z = z - (2 * (p - y) * p * (1 - p) if name == "squared error" else p - y)
    print(f"{name}: p = {sigmoid(z):.4f} after 100 steps")
#> squared error: p = 0.8434 after 100 steps
#> cross entropy: p = 0.9893 after 100 steps
