import torch

from dlnotes import check

p = torch.tensor([0.5, 0.3, 0.2], dtype=torch.float64)
for q in ([0.1, 0.6, 0.3], [0.5, 0.3, 0.2]):
    q = torch.tensor(q, dtype=torch.float64)
    D = torch.linspace(0, 1, 100_001, dtype=torch.float64)[:, None]
    lowest = (p * (D - 1) ** 2 + q * D**2).amin(0).sum()
    print(f"by search {lowest:.6f}, formula {(p * q / (p + q)).sum():.6f}")
#> by search 0.403333, formula 0.403333
#> by search 0.500000, formula 0.500000
check("gan.5", lambda p, q: (p / (p + q), (p * q / (p + q)).sum()))
#> gan.5: right. It agrees with the reference on all 20 inputs.
