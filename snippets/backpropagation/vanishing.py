import torch

from dlnotes.backpropagation import RELU, SIGMOID, TANH, error_signals, forward

width, depth = 64, 20
for name, activation, gain in (("sigmoid", SIGMOID, 1), ("tanh", TANH, 1), ("ReLU", RELU, 2), ("ReLU", RELU, 4)):
    generator = torch.Generator().manual_seed(0)
    scale = (gain / width) ** 0.5
    weights = [scale * torch.randn(width, width, generator=generator, dtype=torch.float64) for _ in range(depth)]
    biases = [torch.zeros(width, dtype=torch.float64)] * depth
    x = torch.randn(32, width, generator=generator, dtype=torch.float64)
    y = torch.eye(width, dtype=torch.float64)[torch.randint(width, (32,), generator=generator)]
    deltas = error_signals(forward(x, weights, biases, activation), y, weights, activation)
    print(f"{name}, Var(w) = {gain}/n: |delta 1| / |delta {depth}| = {deltas[0].norm() / deltas[-1].norm():.0e}")
#> sigmoid, Var(w) = 1/n: |delta 1| / |delta 20| = 9e-13
#> tanh, Var(w) = 1/n: |delta 1| / |delta 20| = 2e-01
#> ReLU, Var(w) = 2/n: |delta 1| / |delta 20| = 1e+00
#> ReLU, Var(w) = 4/n: |delta 1| / |delta 20| = 1e+03
