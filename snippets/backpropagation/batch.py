import torch

from dlnotes.backpropagation import backward, forward, he_normal

torch.manual_seed(0)
weights, biases = he_normal([4, 6, 3], torch.Generator().manual_seed(1), torch.float64)
x, y = torch.randn(5, 4).double(), torch.eye(3).double()[torch.tensor([0, 2, 1, 1, 0])]

whole, _ = backward(forward(x, weights, biases), y, weights)
one_by_one = [backward(forward(x[i : i + 1], weights, biases), y[i : i + 1], weights)[0] for i in range(5)]
for layer in range(2):
    mean = sum(grads[layer] for grads in one_by_one) / 5
    print(f"layer {layer + 1}, largest difference below 1e-15:", (whole[layer] - mean).abs().max().item() < 1e-15)
#> layer 1, largest difference below 1e-15: True
#> layer 2, largest difference below 1e-15: True
