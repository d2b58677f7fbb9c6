import torch

from dlnotes.backpropagation import SIGMOID, forward, tiny_network
from dlnotes.softmax import softmax_jacobian

x, y, weights, biases = tiny_network()
z2 = forward(x, weights, biases, SIGMOID)[-1][0].requires_grad_()
a2, target = torch.softmax(z2, dim=0), y[0]

(by_autograd,) = torch.autograd.grad(-(target @ a2.log()), z2)
a2 = a2.detach()
g = -target / a2  # gradient by the probabilities
print("-y / a       ", g.round(decimals=4).tolist())
#> -y / a        [-0.0, -1.5309]
print("J^T (-y / a) ", (softmax_jacobian(z2.detach()).mT @ g).round(decimals=4).tolist())
#> J^T (-y / a)  [0.3468, -0.3468]
print("a - y        ", (a2 - target).round(decimals=4).tolist())
#> a - y         [0.3468, -0.3468]
print("autograd     ", by_autograd.round(decimals=4).tolist())
#> autograd      [0.3468, -0.3468]
