"""The weights of a moving average add up to 1 - β^t, and so does its
mean."""

import torch

from dlnotes.adam import moving_averages

torch.manual_seed(0)
beta = 0.9
gradients = 2 + torch.randn(20, 100_000, dtype=torch.float64)  # E g² = 5
plain = moving_averages(gradients.square(), beta, corrected=False).mean(1)
corrected = moving_averages(gradients.square(), beta).mean(1)
for t in (1, 5, 20):
    weights = (1 - beta) * beta ** torch.arange(t, dtype=torch.float64)
    print(
        f"t = {t:2}: weights {weights.sum():.4f}, formula {1 - beta**t:.4f};"
        f" mean of v {plain[t - 1]:.2f}, corrected {corrected[t - 1]:.2f}"
    )
#> t =  1: weights 0.1000, formula 0.1000; mean of v 0.50, corrected 5.01
#> t =  5: weights 0.4095, formula 0.4095; mean of v 2.05, corrected 5.00
#> t = 20: weights 0.8784, formula 0.8784; mean of v 4.40, corrected 5.00
