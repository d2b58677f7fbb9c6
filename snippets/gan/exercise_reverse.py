import torch

from dlnotes import check
from dlnotes.gan import jensen_shannon, optimal_discriminator

p = torch.tensor([0.5, 0.3, 0.2], dtype=torch.float64)
theta = torch.tensor([0.2, -0.4, 0.9], dtype=torch.float64, requires_grad=True)
q = theta.softmax(0)
best = optimal_discriminator(p, q).detach()  # frozen
(step,) = torch.autograd.grad(-(q * best.log()).sum(), theta)

q = theta.softmax(0)
divergence = (q * (q / p).log()).sum() - 2 * jensen_shannon(p, q)
(slope,) = torch.autograd.grad(divergence, theta)
print([round(v, 4) for v in step.tolist()])
#> [-0.1409, -0.0821, 0.223]
print([round(v, 4) for v in slope.tolist()])
#> [-0.1409, -0.0821, 0.223]


def gradient(p, theta):
    """Of KL(q, p) - 2 JSD(p, q), through the softmax."""
    q = theta.softmax(0)
    b = (q / p).log() - (q / (p + q)).log()
    return q * (b - q @ b)


check("gan.2", gradient)
#> gan.2: right. It agrees with the reference on all 20 inputs.
