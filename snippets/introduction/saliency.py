import torch
from torch import nn

from dlnotes.backpropagation import numerical_gradient

torch.manual_seed(0)
network = nn.Sequential(nn.Linear(6, 5), nn.Tanh(), nn.Linear(5, 3)).double()
x = torch.randn(6, dtype=torch.float64, requires_grad=True)
score = network(x)[1]
(saliency,) = torch.autograd.grad(score, x)
with torch.no_grad():
    difference = numerical_gradient(lambda x: network(x)[1], x.detach())
print("saliency:", [round(s, 3) for s in saliency.tolist()])
#> saliency: [0.095, -0.019, -0.11, -0.133, 0.098, -0.079]
print("finite differences agree:", torch.allclose(saliency, difference, atol=1e-9))
#> finite differences agree: True
