"""A neuron with batch norm: only the direction of its weights counts."""

import torch

from dlnotes.normalization import batch_norm

torch.manual_seed(0)
X = torch.randn(32, 5, dtype=torch.float64)
target = torch.randn(32, 1, dtype=torch.float64)


def loss(w):
    z = (X @ w)[:, None]
    y = batch_norm(z, None, None, training=True, eps=1e-300)
    return (y - target).square().mean()


def loss_and_gradient(w):
    w = w.clone().requires_grad_()
    value = loss(w)
    return value.item(), torch.autograd.grad(value, w)[0]


w = torch.randn(5, dtype=torch.float64)
value, gradient = loss_and_gradient(w)
print(f"loss {value:.4f}, |gradient| {gradient.norm():.4f}")
#> loss 1.9267, |gradient| 0.7288
print("at a right angle to w:", bool(abs(w @ gradient) < 1e-14))
#> at a right angle to w: True
value, scaled = loss_and_gradient(10 * w)
print(f"10 w: loss {value:.4f}, |gradient| {scaled.norm():.4f}")
#> 10 w: loss 1.9267, |gradient| 0.0729
lr = 1.0
after = w - lr * gradient
predicted = w @ w + lr**2 * gradient @ gradient
print(f"|w|² {w @ w:.4f} becomes {after @ after:.4f}, predicted {predicted:.4f}")
#> |w|² 1.3909 becomes 1.9220, predicted 1.9220
for _ in range(300):
    w = w - lr * loss_and_gradient(w)[1]
print(f"after 300 steps {w @ w:.4f}, loss {loss(w):.4f}")
#> after 300 steps 2.1847, loss 1.3018
