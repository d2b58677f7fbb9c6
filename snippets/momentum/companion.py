"""Eigenvalues of the 2 × 2 matrix that maps two successive errors to the next
two: a circle of complex pairs, then two real ones."""

import torch

beta = 0.81
for h in (0.005, 0.01, 1.0, 3.61, 3.7):
    A = torch.tensor([[1 + beta - h, -beta], [1.0, 0.0]], dtype=torch.float64)
    first, second = sorted(torch.linalg.eigvals(A).tolist(), key=abs)
    sizes = f"sizes {abs(first):.4f} and {abs(second):.4f}"
    print(f"β = {beta}, ηλ = {h}: {sizes}, imaginary part {abs(second.imag):.3f}")
#> β = 0.81, ηλ = 0.005: sizes 0.8354 and 0.9696, imaginary part 0.000
#> β = 0.81, ηλ = 0.01: sizes 0.9000 and 0.9000, imaginary part 0.000
#> β = 0.81, ηλ = 1.0: sizes 0.9000 and 0.9000, imaginary part 0.804
#> β = 0.81, ηλ = 3.61: sizes 0.9000 and 0.9000, imaginary part 0.000
#> β = 0.81, ηλ = 3.7: sizes 0.6569 and 1.2331, imaginary part 0.000
