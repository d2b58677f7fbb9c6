import torch

from dlnotes.multilayer_perceptron import gelu

z = torch.tensor([-1.0, 0.5, 1.5])
noise = torch.randn(1_000_000, generator=torch.Generator().manual_seed(0))
kept = torch.stack([(value * (noise < value)).mean() for value in z])  # z is kept when a normal number is below it
print("mean of z or 0:", kept.numpy().round(2), " gelu:", gelu(z).numpy().round(2))
#> mean of z or 0: [-0.16  0.35  1.4 ]  gelu: [-0.16  0.35  1.4 ]

line = torch.linspace(-6, 6, 100_001, dtype=torch.float64)
print(f"largest error of the tanh form: {(gelu(line, approximate='tanh') - gelu(line)).abs().max():.5f}")
#> largest error of the tanh form: 0.00047
