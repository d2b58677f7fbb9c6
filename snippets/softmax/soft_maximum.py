import torch

from dlnotes.softmax import logsumexp

z = torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64)
for T in (2.0, 1.0, 0.5, 0.1):
    excess = T * logsumexp(z / T, dim=0) - z.max()
    print(f"T = {T}  excess over the maximum {excess:.6f}  bound {T * torch.tensor(3.0).log():.4f}")
#>
