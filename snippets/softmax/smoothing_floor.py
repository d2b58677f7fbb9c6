import torch

from dlnotes.softmax import cross_entropy

K, share, label = 10, 0.1, torch.tensor(0)
for gap in (2.0, 4.0, 4.511, 6.0, 10.0):
    z = torch.zeros(K)
    z[0] = gap
    smooth = cross_entropy(z, label, label_smoothing=share)
    print(f"gap {gap:6}  plain loss {cross_entropy(z, label):.4f}  smoothed loss {smooth:.4f}")
#>
