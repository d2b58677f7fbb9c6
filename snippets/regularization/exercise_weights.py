"""Best weights of three unbiased members, one of which repeats the errors of
another, only larger."""

import torch

from dlnotes import check


def best_weights(C):
    solution = torch.linalg.solve(C, torch.ones(len(C), dtype=C.dtype))
    return solution / solution.sum()


own = torch.tensor([[1.0, 0.0], [1.3, 0.2], [0.0, 1.5]], dtype=torch.float64)  # what their errors are made of
C = own @ own.T + 0.01 * torch.eye(3)
w = best_weights(C)
print([round(value, 3) for value in w.tolist()])
#> [2.639, -1.954, 0.315]
print(f"variance {w @ C @ w:.3f}, formula {1 / C.inverse().sum():.3f}, plain mean {C.mean():.3f}")
#> variance 0.125, formula 0.125, plain mean 0.912
check("regularization.7", best_weights)
#> regularization.7: right. It agrees with the reference on all 20 inputs.
