"""⟨W, ∂L/∂W⟩ of every layer of a ReLU network without biases, before and after
one layer is doubled and another halved."""

from itertools import pairwise

import torch

from dlnotes import check

torch.manual_seed(0)
widths = [7, 30, 50, 20, 3]
shapes = [(n, m) for m, n in pairwise(widths)]
weights = [torch.randn(s, dtype=torch.float64) / s[1] ** 0.5 for s in shapes]
x = torch.randn(40, 7, dtype=torch.float64)
labels = torch.randint(3, (40,))
for factors in ((1, 1, 1, 1), (2, 0.5, 1, 1)):
    scaled = [(f * w).requires_grad_() for f, w in zip(factors, weights, strict=True)]
    a = x
    for weight in scaled[:-1]:
        a = torch.relu(a @ weight.T)
    loss = torch.nn.functional.cross_entropy(a @ scaled[-1].T, labels)
    gradients = torch.autograd.grad(loss, scaled)
    pairs = zip(scaled, gradients, strict=True)
    inner = [f"{(w * g).sum():.4f}" for w, g in pairs]
    print("⟨W, ∂L/∂W⟩:", *inner)
    norms = [f"{g.norm():.3f}" for g in gradients]
    print("    |∂L/∂W|:", *norms)
#> ⟨W, ∂L/∂W⟩: -0.0077 -0.0077 -0.0077 -0.0077
#>     |∂L/∂W|: 0.126 0.287 0.352 0.234
#> ⟨W, ∂L/∂W⟩: -0.0077 -0.0077 -0.0077 -0.0077
#>     |∂L/∂W|: 0.063 0.574 0.352 0.234


def weights_times_gradient(z, y):
    """The derivative of the cross-entropy of c z by c, at c = 1."""
    a = torch.softmax(z, dim=0)
    return a @ z - z[y]


check("initialization.6", weights_times_gradient)
#> initialization.6: right. It agrees with the reference on all 20 inputs.
