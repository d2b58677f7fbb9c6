import torch
from torch import nn

from dlnotes.introduction import central_difference

torch.manual_seed(0)
network = nn.Sequential(nn.Linear(6, 5), nn.Tanh(), nn.Linear(5, 3)).double()
x = torch.randn(6, dtype=torch.float64, requires_grad=True)
score = network(x)[1]
(saliency,) = torch.autograd.grad(score, x)
with torch.no_grad():
    difference = central_difference(lambda x: network(x)[1], x.detach())
print("saliency:", [round(s, 3) for s in saliency.tolist()])
#>
print("finite differences agree:", torch.allclose(saliency, difference, atol=1e-9))
#>
