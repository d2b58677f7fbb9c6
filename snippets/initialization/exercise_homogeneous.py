"""⟨W, ∂L/∂W⟩ of every layer of a ReLU network without biases, before and after
one layer is doubled and another halved."""

import torch

torch.manual_seed(0)
widths = [7, 30, 50, 20, 3]
pairs = list(zip(widths, widths[1:]))
weights = [torch.randn(m, n, dtype=torch.float64) / n**0.5 for n, m in pairs]
x = torch.randn(40, 7, dtype=torch.float64)
labels = torch.randint(3, (40,))
for factors in ((1, 1, 1, 1), (2, 0.5, 1, 1)):
    scaled = [(f * w).requires_grad_() for f, w in zip(factors, weights)]
    a = x
    for weight in scaled[:-1]:
        a = torch.relu(a @ weight.T)
    loss = torch.nn.functional.cross_entropy(a @ scaled[-1].T, labels)
    gradients = torch.autograd.grad(loss, scaled)
    inner = [f"{(w * g).sum():.4f}" for w, g in zip(scaled, gradients)]
    print("⟨W, ∂L/∂W⟩:", *inner)
    norms = [f"{g.norm():.3f}" for g in gradients]
    print("    |∂L/∂W|:", *norms)
#>
