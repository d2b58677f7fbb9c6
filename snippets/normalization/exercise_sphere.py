import torch

from dlnotes import check
from dlnotes.normalization import layer_norm

torch.manual_seed(0)
for d in (2, 3, 100):
    y = layer_norm(torch.randn(1000, d, dtype=torch.float64), (d,), eps=1e-12)
    lengths = y.norm(dim=1)
    low, high = lengths.min(), lengths.max()
    print(f"d = {d}: lengths {low:.4f} to {high:.4f}, √d = {d**0.5:.4f}")
    if d == 2:
        different = torch.unique(y.round(decimals=4), dim=0)
        print("different outputs:", different.tolist())
#> d = 2: lengths 1.4142 to 1.4142, √d = 1.4142
#> different outputs: [[-1.0, 1.0], [1.0, -1.0]]
#> d = 3: lengths 1.7321 to 1.7321, √d = 1.7321
#> d = 100: lengths 10.0000 to 10.0000, √d = 10.0000
check("normalization.3", lambda d: (d - 2, d**0.5))
#> normalization.3: right. It agrees with the reference on all 20 inputs.
