"""Best weights of three unbiased members, one of which repeats the errors of
another, only larger."""

import torch

own = torch.tensor([[1.0, 0.0], [1.3, 0.2], [0.0, 1.5]], dtype=torch.float64)  # what their errors are made of
C = own @ own.T + 0.01 * torch.eye(3)
solution = torch.linalg.solve(C, torch.ones(3, dtype=torch.float64))
w = solution / solution.sum()
print([round(value, 3) for value in w.tolist()])
#> [2.639, -1.954, 0.315]
print(f"variance {w @ C @ w:.3f}, formula {1 / solution.sum():.3f}, plain mean {C.mean():.3f}")
#> variance 0.125, formula 0.125, plain mean 0.912
