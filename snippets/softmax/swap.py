import torch

from dlnotes import check

z = torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64)
swapped = z[[2, 1, 0]]
move_of_z = (swapped - z).norm()
a, swapped_a = torch.softmax(z, dim=0), torch.softmax(swapped, dim=0)
move_of_a = (swapped_a - a).norm()

print(f"ratio of the moves {move_of_a / move_of_z:.4f}")
#> ratio of the moves 0.2876
print(f"ratio of the gaps  {(a[2] - a[0]) / (z[2] - z[0]):.4f}")
#> ratio of the gaps  0.2876


def moves(z, j, k):
    a = torch.softmax(z, dim=0)
    return 2**0.5 * (z[j] - z[k]).abs(), 2**0.5 * (a[j] - a[k]).abs()


check("softmax.6", moves)
#> softmax.6: right. It agrees with the reference on all 20 inputs.
