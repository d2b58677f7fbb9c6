"""A gradient with a constant part 1, an alternating part 5 and noise of
variance 4: what is left of each in the running mean."""

import torch

from dlnotes.momentum import ema_gain

beta, steps = 0.9, 200_000
generator = torch.Generator().manual_seed(0)
noise = 2 * torch.randn(steps, generator=generator, dtype=torch.float64)


def running_mean(gradients):
    mean, means = 0.0, []
    for g in gradients.tolist():
        mean = beta * mean + (1 - beta) * g
        means.append(mean)
    return torch.tensor(means[200:], dtype=torch.float64)


signs = torch.ones(1000, dtype=torch.float64)
signs[1::2] = -1
print(f"constant: 1 becomes {running_mean(torch.ones(1000))[-1]:.4f}")
#> constant: 1 becomes 1.0000
print(f"alternating: 5 becomes {running_mean(5 * signs).abs()[-1]:.4f}")
#> alternating: 5 becomes 0.2632
print(f"predicted: {5 * ema_gain(torch.tensor(torch.pi, dtype=torch.float64), beta):.4f}")
#> predicted: 0.2632
print(f"noise: variance 4 becomes {running_mean(noise).var():.3f}, predicted {4 * (1 - beta) / (1 + beta):.3f}")
#> noise: variance 4 becomes 0.210, predicted 0.211
