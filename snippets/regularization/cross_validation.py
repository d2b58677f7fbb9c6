"""Ten-fold cross-validation of λ for diabetes with 64 features, on 150 patients."""

import torch

from dlnotes.data import diabetes
from dlnotes.regularization import k_fold, ridge

features, target = diabetes()
scaled = (features - features.mean(0)) / features.std(0)
first, second = torch.triu_indices(10, 10)
x = torch.cat([scaled, scaled[:, first] * scaled[:, second]], dim=1)
x, y = x[:150], target[:150]
penalties = torch.logspace(-1, 5, 7, dtype=torch.float64)

errors = []
for train, held_out in k_fold(150, 10, torch.Generator().manual_seed(0)):
    # the held-out patients must not enter the mean or the scale either
    mean, std, centre = x[train].mean(0), x[train].std(0), y[train].mean()
    w = ridge((x[train] - mean) / std, y[train] - centre, penalties)
    predictions = (x[held_out] - mean) / std @ w.T + centre
    errors.append((predictions - y[held_out, None]).square().mean(0))
mean, spread = torch.stack(errors).mean(0), torch.stack(errors).std(0) / 10**0.5
for penalty, error, s in zip(penalties, mean, spread, strict=True):
    print(f"λ = {penalty:8.1f}: {error:5.0f} ± {s:.0f}")
#> λ =      0.1:  6303 ± 1346
#> λ =      1.0:  4602 ± 701
#> λ =     10.0:  3839 ± 648
#> λ =    100.0:  3660 ± 500
#> λ =   1000.0:  4674 ± 424
#> λ =  10000.0:  5568 ± 533
#> λ = 100000.0:  5732 ± 555
