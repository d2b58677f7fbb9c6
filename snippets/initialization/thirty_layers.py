"""Mean square of the activations after thirty ReLU layers of 512 units."""

import torch

n, batch = 512, 256
bounds = {
    "He, √(6/n)": (6 / n) ** 0.5,
    "Glorot, √(6/2n)": (3 / n) ** 0.5,
    "U(-1, 1)": 1.0,
}
for name, bound in bounds.items():
    torch.manual_seed(0)
    a = torch.randn(batch, n)
    for _ in range(30):
        weight = torch.empty(n, n).uniform_(-bound, bound)
        a = torch.relu(a @ weight.T)
    predicted = (n * bound**2 / 6) ** 30
    print(f"{name}: {a.square().mean():.2e}, predicted {predicted:.1e}")
#> He, √(6/n): 1.41e+00, predicted 1.0e+00
#> Glorot, √(6/2n): 1.31e-09, predicted 9.3e-10
#> U(-1, 1): inf, predicted 8.6e+57
