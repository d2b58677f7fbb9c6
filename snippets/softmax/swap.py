import torch

z = torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64)
swapped = z[[2, 1, 0]]
move_of_z = (swapped - z).norm()
move_of_a = (torch.softmax(swapped, dim=0) - torch.softmax(z, dim=0)).norm()

print(f"scores move by {move_of_z:.4f}, probabilities by {move_of_a:.4f}: factor {move_of_a / move_of_z:.4f}")
#> scores move by 2.8284, probabilities by 0.8135: factor 0.2876
