import torch

from dlnotes.softmax import softmax

z = torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64)

print(torch.allclose(softmax(z + 100.0, dim=0), softmax(z, dim=0), rtol=0, atol=1e-12))
#>

two = z[:2]
print(softmax(two, dim=0)[0].item(), torch.sigmoid(two[0] - two[1]).item())
#>
