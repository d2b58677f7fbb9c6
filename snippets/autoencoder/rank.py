import torch
from torch.autograd.functional import jacobian


def spot(factors):  # place (2), width, brightness -> 5 × 5 pixels
    grid = torch.linspace(-1, 1, 5, dtype=torch.float64)
    across, down, width, light = factors
    row, column = (torch.exp(-((grid - place) ** 2) / (2 * width**2)) for place in (across, down))
    return light * torch.outer(column, row).flatten()


point = torch.tensor([0.2, -0.1, 0.6, 1.0], dtype=torch.float64)
singular_values = torch.linalg.svdvals(jacobian(spot, point))
print("singular values of the family's Jacobian:", singular_values.numpy().round(2))
#> singular values of the family's Jacobian: [4.98 2.47 2.45 1.38]
generator = torch.Generator().manual_seed(0)
A, B, C, D = (torch.randn(s, generator=generator, dtype=torch.float64) for s in [(9, 25), (3, 9), (9, 3), (25, 9)])


def through_three(factors):  # some network with a code of three numbers
    return D @ torch.tanh(C @ (B @ torch.tanh(A @ spot(factors))))


print("after a code of three numbers:", torch.linalg.svdvals(jacobian(through_three, point)).numpy().round(2))
#> after a code of three numbers: [55.58 28.24  2.    0.  ]
