import torch

from dlnotes.softmax import cross_entropy, softmax

z = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
a = softmax(z, dim=0).detach()

trousers = torch.tensor([0.0, 1.0, 0.0])
two_classes = torch.tensor([0.0, 1.0, 1.0])  # no distribution: sums to 2
for y in (trousers, two_classes):
    (autograd,) = torch.autograd.grad(cross_entropy(z, y), z)
    print(autograd.numpy().round(4), " a - y:", (a - y).numpy().round(4))
#> [ 0.09   -0.7553  0.6652]  a - y: [ 0.09   -0.7553  0.6652]
#> [ 0.1801 -0.5105  0.3305]  a - y: [ 0.09   -0.7553 -0.3348]
