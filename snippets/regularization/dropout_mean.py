"""Means of a million ones: masked only, by dropout in training, and in evaluation;
variance added; and each sample has a mask of its own."""

import torch

from dlnotes.regularization import dropout

torch.manual_seed(0)
ones, p = torch.ones(1_000_000), 0.5
masked = ones * (torch.rand_like(ones) > p)
print(f"masked only {masked.mean():.2f}, dropout {dropout(ones, p).mean():.2f}, evaluation "
      f"{dropout(ones, p, training=False).mean():.2f}")  # fmt: skip
#> masked only 0.50, dropout 1.00, evaluation 1.00
for p in (0.2, 0.5, 0.8):
    print(f"p = {p}: variance {dropout(3 * ones, p).var():.2f}, formula {p / (1 - p) * 9:.2f}")
#> p = 0.2: variance 2.25, formula 2.25
#> p = 0.5: variance 9.00, formula 9.00
#> p = 0.8: variance 35.96, formula 36.00
rows = dropout(torch.ones(2, 10))
print("same mask for both samples:", torch.equal(rows[0], rows[1]))
#> same mask for both samples: False
