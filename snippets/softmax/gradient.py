import torch

from dlnotes.softmax import cross_entropy, softmax

z = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
a = softmax(z, dim=0).detach()

for y in (torch.tensor([0.0, 1.0, 0.0]), torch.tensor([0.0, 1.0, 1.0])):  # trousers; no distribution: sums to 2
    (autograd,) = torch.autograd.grad(cross_entropy(z, y), z)
    print("autograd", autograd.numpy().round(4), "a - y", (a - y).numpy().round(4))
#> autograd [ 0.09   -0.7553  0.6652] a - y [ 0.09   -0.7553  0.6652]
#> autograd [ 0.1801 -0.5105  0.3305] a - y [ 0.09   -0.7553 -0.3348]
